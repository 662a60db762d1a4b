import type { Metadata } from 'next';
import { messages } from '#components/messages.ts';
import { OrdersPage } from '#components/order/orders-page.tsx';

export const metadata: Metadata = { title: messages.orders.title, robots: { index: false } };

export default function Page() {
  return <OrdersPage />;
}
