'use client';

import { lazy, type ReactNode } from 'react';
import type { Language } from '#components/messages/language.ts';

const LOAD = {
  en: () => import('#components/messages/english.tsx'),
  de: () => import('#components/messages/german.tsx'),
};

// Asked for with the page's first script, and not only when React comes to them. next/dynamic would announce the words in the
// page, but as another chunk than the one that its own script then asks for: they would come twice.
if (typeof document !== 'undefined') void LOAD[document.documentElement.lang as Language]?.().catch(() => {});

/** A script by language: a browser loads the words of its own and no others. */
const WORDS = { en: lazy(LOAD.en), de: lazy(LOAD.de) };

/** Everything inside speaks this language. */
export function Speaking({ language, children }: { language: Language; children: ReactNode }) {
  const Words = WORDS[language];
  return <Words>{children}</Words>; // in no <Suspense>: a page may still redirect or be missing while its words are awaited
}
