import { titled } from '#components/messages/server.ts';
import { ReceiptPage } from '#components/receipt/receipt-page.tsx';

export const generateMetadata = titled(({ receipt }) => receipt.title, {
  robots: { index: false, follow: false },
  referrer: 'no-referrer',
});

/** /orders/:orderId/receipt is rewritten to here: see next.config.ts. */
export default function Page() {
  return <ReceiptPage />;
}
