'use client';

import { ThemeProvider, useTheme } from 'next-themes';
import type { ReactNode } from 'react';
import { CHOICE, THEMES, type Theme } from '#components/shell/choice-of-theme.ts';
import { useMounted } from '#components/ui/use-mounted.ts';

/** --paper of app/globals.css, for the browser's own bars. */
const PAPER = { light: '#f7f6f2', dark: '#0b0e1c' };

/** Everything inside may ask for the visitor's scheme and change it. */
export function Themed({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider {...CHOICE} scriptProps={{ type: 'text/plain' }}>
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
