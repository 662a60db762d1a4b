import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { SpokenDocument } from '#app/spoken-document.tsx';
import { languageOf } from '#components/messages/language.ts';
import { NONCE_HEADER } from '#lib/http/headers.ts';

export { generateMetadata } from '#app/[lang]/layout.tsx';

interface Props {
  params: Promise<{ lang: string }>;
  children: ReactNode;
}

/**
 * The back room and the pages where passwords are typed have a document of their own, made per request with a nonce: whoever
 * comes from the storefront, or goes there, loads a whole page, so that each document has the policy that it came with.
 */
export default async function GuardedLayout({ children, params }: Props) {
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  return (
    <SpokenDocument language={languageOf((await params).lang)} nonce={nonce}>
      {children}
    </SpokenDocument>
  );
}
