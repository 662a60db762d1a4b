'use client';

import { CartNews } from '#components/cart/cart-news.tsx';
import { OtherSale } from '#components/cart/other-sale.tsx';
import type { CartAnswer, SaleAnswer } from '#lib/contract.ts';

/** What a cart seldom needs at once: things of sales that are not in the list, and what is said when something leaves it. */
export function CartRest({ cart, listed }: { cart: CartAnswer | undefined; listed: SaleAnswer[] }) {
  const unlisted = new Set(cart?.items.map(({ saleId }) => saleId));
  for (const { saleId } of listed) unlisted.delete(saleId);
  return (
    <>
      {cart && [...unlisted].map((saleId) => <OtherSale key={saleId} cart={cart} saleId={saleId} />)}
      <CartNews items={cart?.items} />
    </>
  );
}
