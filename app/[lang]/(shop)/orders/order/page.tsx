import { titled } from '#components/messages/server.ts';
import { OrderPage } from '#components/order/order-page.tsx';

export const generateMetadata = titled(({ order }) => order.title, { robots: { index: false } });

/** /orders/:orderId is rewritten to here: see next.config.ts. */
export default function Page() {
  return <OrderPage />;
}
