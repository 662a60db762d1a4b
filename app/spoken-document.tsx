import type { ComponentProps } from 'react';
import { Document } from '#app/document.tsx';
import { Speaking } from '#components/messages/speaking.tsx';
import { Toasts } from '#components/ui/toasts.tsx';

/** The document of a page whose language is known when it is made. */
export function SpokenDocument({ children, ...rest }: ComponentProps<typeof Document>) {
  return (
    <Document {...rest}>
      <Speaking language={rest.language}>
        {children}
        <Toasts />
      </Speaking>
    </Document>
  );
}
