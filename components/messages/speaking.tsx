'use client';

import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import type { Language } from '#components/messages/language.ts';

/** A script by language: a browser loads the words of its own and no others. */
const WORDS = {
  en: dynamic(() => import('#components/messages/english.tsx')),
  de: dynamic(() => import('#components/messages/german.tsx')),
};

/** Everything inside speaks this language. */
export function Speaking({ language, children }: { language: Language; children: ReactNode }) {
  const Words = WORDS[language];
  return <Words>{children}</Words>;
}
