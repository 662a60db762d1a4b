import localFont from 'next/font/local';
import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';
import type { Language } from '#components/messages/language.ts';
import { CHOICE } from '#components/shell/choice-of-theme.ts';
import { Themed } from '#components/shell/theme.tsx';
import '#app/globals.css';

const geist = localFont({
  src: './fonts/geist-latin.woff2',
  variable: '--font-geist',
  weight: '100 900',
});

interface Props {
  language: Language;
  /** What the page's scripts need to run, where its policy asks for one. */
  nonce?: string | undefined;
  children: ReactNode;
}

/** The HTML around every page. */
export function Document({ language, nonce, children }: Props) {
  return (
    // The visitor's scheme is set on <html> before React sees it.
    <html lang={language} className={geist.variable} suppressHydrationWarning>
      <head>
        {/* Its script sets the visitor's scheme. In the body it would wait for the styles, and what stands before it be painted. */}
        <ThemeProvider {...CHOICE} {...(nonce ? { nonce } : {})} />
      </head>
      <body className="min-h-dvh font-sans antialiased">
        <Themed>{children}</Themed>
      </body>
    </html>
  );
}
