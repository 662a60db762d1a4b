import type { Metadata } from 'next';
import { Document } from '#app/document.tsx';
import { LANGUAGES } from '#components/messages/language.ts';
import { messagesIn } from '#components/messages/server.ts';
import { VisitorsLanguage } from '#components/messages/visitors-language.tsx';
import { Frame } from '#components/shell/frame.tsx';
import { Missing } from '#components/shell/missing.tsx';

const { shop, trouble } = messagesIn(LANGUAGES[0]);

export const metadata: Metadata = { title: `${trouble.missingTitle} · ${shop.name}`, robots: { index: false } };

/** One static page for every address that leads nowhere: it learns the visitor's language in the browser. */
export default function GlobalNotFound() {
  return (
    <Document language={LANGUAGES[0]}>
      <VisitorsLanguage>
        <Frame>
          <Missing />
        </Frame>
      </VisitorsLanguage>
    </Document>
  );
}
