import type { Metadata } from 'next';
import { CartPage } from '#components/cart/cart-page.tsx';
import { messages } from '#components/messages.ts';

export const metadata: Metadata = { title: messages.cart.title, robots: { index: false } };

export default function Page() {
  return <CartPage />;
}
