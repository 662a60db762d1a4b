'use client';

import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { LANGUAGE_COOKIE, LANGUAGES, type Language } from '#components/messages/language.ts';
import { Speaking } from '#components/messages/speaking.tsx';

/** On the one page that is the same for everybody: the visitor's language, as next.config.ts finds it for all others. */
export function VisitorsLanguage({ children }: { children: ReactNode }) {
  const language = useSyncExternalStore(never, visitorsLanguage, () => LANGUAGES[0]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <Speaking language={language}>{children}</Speaking>;
}

const never = () => () => {};

function visitorsLanguage(): Language {
  const chosen = new RegExp(`(?:^|; )${LANGUAGE_COOKIE}=(\\w+)`).exec(document.cookie)?.[1];
  const wanted = chosen ?? navigator.language.split('-')[0];
  return LANGUAGES.find((language) => language === wanted) ?? LANGUAGES[0];
}
