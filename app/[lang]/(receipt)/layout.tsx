import type { ReactNode } from 'react';

/** A receipt is a document: none of the shop around it, on screen or on paper. */
export default function ReceiptLayout({ children }: { children: ReactNode }) {
  return (
    <main id="content" className="mx-auto max-w-3xl px-4 py-6 sm:px-6 sm:py-12 print:max-w-none print:p-0">
      {children}
    </main>
  );
}
