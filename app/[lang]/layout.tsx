import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Document } from '#app/document.tsx';
import { LANGUAGES, languageOf } from '#components/messages/language.ts';
import { messagesOf } from '#components/messages/server.ts';
import { Speaking } from '#components/messages/speaking.tsx';
import { Toasts } from '#components/ui/toasts.tsx';

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

export default async function RootLayout({ children, params }: Props & { children: ReactNode }) {
  const language = languageOf((await params).lang);
  return (
    <Document language={language}>
      <Speaking language={language}>
        {children}
        <Toasts />
      </Speaking>
    </Document>
  );
}
