import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import { LANGUAGES, languageOf } from '#components/messages/language.ts';
import { messagesOf } from '#components/messages/server.ts';
import { Speaking } from '#components/messages/speaking.tsx';
import '#app/globals.css';

const geist = localFont({
  src: '../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist',
  weight: '100 900',
});

interface Props {
  params: Promise<{ lang: string }>;
}

/** One shell by language; next.config.ts leads each visitor to theirs, under the same addresses. */
export const generateStaticParams = () => LANGUAGES.map((lang) => ({ lang }));

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { shop } = await messagesOf(props);
  return {
    title: { default: `${shop.name} · ${shop.tagline}`, template: `%s · ${shop.name}` },
    description: shop.description,
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f6f2' },
    { media: '(prefers-color-scheme: dark)', color: '#0b0e1c' },
  ],
};

export default async function RootLayout({ children, params }: Props & { children: ReactNode }) {
  const language = languageOf((await params).lang);
  return (
    <html lang={language} className={geist.variable}>
      <body className="min-h-dvh font-sans antialiased">
        <Speaking language={language}>{children}</Speaking>
      </body>
    </html>
  );
}
