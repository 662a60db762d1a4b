import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import type { Language } from '#components/messages/language.ts';
import '#app/globals.css';

const geist = localFont({
  src: '../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist',
  weight: '100 900',
});

/** The HTML around every page. */
export function Document({ language, children }: { language: Language; children: ReactNode }) {
  return (
    <html lang={language} className={geist.variable}>
      <body className="min-h-dvh font-sans antialiased">{children}</body>
    </html>
  );
}
