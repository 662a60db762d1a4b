import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import type { Language } from '#components/messages/language.ts';
import { Themed } from '#components/shell/theme.tsx';
import '#app/globals.css';

const geist = localFont({
  src: './fonts/geist-latin.woff2',
  variable: '--font-geist',
  weight: '100 900',
});

/** The HTML around every page. */
export function Document({ language, children }: { language: Language; children: ReactNode }) {
  return (
    // The visitor's scheme is set on <html> before React sees it.
    <html lang={language} className={geist.variable} suppressHydrationWarning>
      <body className="min-h-dvh font-sans antialiased">
        <Themed>{children}</Themed>
      </body>
    </html>
  );
}
