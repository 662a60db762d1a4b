import type { Metadata } from 'next';
import { messages } from '#components/messages.ts';
import { OrderPage } from '#components/order/order-page.tsx';

export const metadata: Metadata = { title: messages.order.title, robots: { index: false } };

/** /orders/:orderId is rewritten to here: see next.config.ts. */
export default function Page() {
  return <OrderPage />;
}
