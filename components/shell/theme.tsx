'use client';

import { ThemeProvider, useTheme } from 'next-themes';
import type { ReactNode } from 'react';
import { useMounted } from '#components/ui/use-mounted.ts';

/** `system` is left to CSS, so that the page follows the system with no script at all. */
export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** --paper of app/globals.css, for the browser's own bars. */
const PAPER = { light: '#f7f6f2', dark: '#0b0e1c' };

/** Everything inside is shown in the scheme that this browser's visitor has chosen; a script sets it before the first paint. */
export function Themed({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider
      attribute="data-theme"
      storageKey="theme"
      themes={[...THEMES]}
      defaultTheme="system"
      enableSystem={false}
      enableColorScheme={false}
      disableTransitionOnChange
    >
      <BrowserBars />
      {children}
    </ThemeProvider>
  );
}

/** @returns the visitor's choice, unknown until the page is hydrated, and how to change it */
export function useChosenTheme(): [Theme | undefined, (theme: Theme) => void] {
  const { theme, setTheme } = useTheme();
  const mounted = useMounted();
  return [mounted ? (THEMES.find((known) => known === theme) ?? 'system') : undefined, setTheme];
}

function BrowserBars() {
  const [chosen = 'system'] = useChosenTheme();
  return (['light', 'dark'] as const).map((scheme) => (
    <meta
      key={scheme}
      name="theme-color"
      media={`(prefers-color-scheme: ${scheme})`}
      content={PAPER[chosen === 'system' ? scheme : chosen]}
    />
  ));
}
