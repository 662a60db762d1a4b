import { titled } from '#components/messages/server.ts';
import { OrdersPage } from '#components/order/orders-page.tsx';

export const generateMetadata = titled(({ orders }) => orders.title, { robots: { index: false } });

export default function Page() {
  return <OrdersPage />;
}
