import { CartPage } from '#components/cart/cart-page.tsx';
import { titled } from '#components/messages/server.ts';

export const generateMetadata = titled(({ cart }) => cart.title, { robots: { index: false } });

export default function Page() {
  return <CartPage />;
}
