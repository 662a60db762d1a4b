import type { ThemeProvider } from 'next-themes';
import type { ComponentProps } from 'react';

/** `system` is left to CSS, so that the page follows the system with no script at all. */
export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** How next-themes keeps a visitor's choice, and sets it on <html>. */
export const CHOICE = {
  defaultTheme: 'system',
  enableSystem: false,
  enableColorScheme: false,
  disableTransitionOnChange: true,
} as const satisfies Partial<ComponentProps<typeof ThemeProvider>>;
