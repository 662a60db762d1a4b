import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { SpokenDocument } from '#app/spoken-document.tsx';
import { LANGUAGES, languageOf } from '#components/messages/language.ts';
import { messagesOf } from '#components/messages/server.ts';

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
  return <SpokenDocument language={languageOf((await params).lang)}>{children}</SpokenDocument>;
}
