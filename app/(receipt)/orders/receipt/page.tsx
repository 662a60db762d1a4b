import type { Metadata } from 'next';
import { messages } from '#components/messages.ts';
import { ReceiptPage } from '#components/receipt/receipt-page.tsx';

export const metadata: Metadata = {
  title: messages.receipt.title,
  robots: { index: false, follow: false },
  referrer: 'no-referrer',
};

/** /orders/:orderId/receipt is rewritten to here: see next.config.ts. */
export default function Page() {
  return <ReceiptPage />;
}
