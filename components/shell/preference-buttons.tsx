'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { LANGUAGE_COOKIE, LANGUAGES, type Language, useMessages } from '#components/messages/index.ts';
import { THEMES } from '#components/shell/choice-of-theme.ts';
import { useChosenTheme } from '#components/shell/theme.tsx';
import { Segments } from '#components/ui/segments.tsx';

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch' };
const A_YEAR = 365 * 24 * 3_600;

export function PreferenceButtons() {
  const { preferences: words } = useMessages();
  const [theme, setTheme] = useChosenTheme();
  return (
    <>
      <Segments
        label={words.theme}
        chosen={theme}
        onChoose={setTheme}
        options={THEMES.map((value) => {
          const Icon = ICONS[value];
          return { value, label: words.themes[value], icon: <Icon aria-hidden="true" className="size-4" /> };
        })}
      />
      <Segments
        label={words.language}
        chosen={document.documentElement.lang}
        onChoose={speak}
        options={LANGUAGES.map((value) => ({ value, label: NAMES[value], lang: value }))}
      />
    </>
  );
}

/** The server picks the words by this cookie, so the page is asked for again. */
function speak(language: Language): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: Safari has had the Cookie Store for too short a time
  document.cookie = `${LANGUAGE_COOKIE}=${language}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax${secure}`;
  location.reload();
}
