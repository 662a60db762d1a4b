'use client';

import { CartGroup } from '#components/cart/cart-group.tsx';
import { CartLine } from '#components/cart/cart-line.tsx';
import { setQuantity } from '#components/cart/use-cart.ts';
import { salePath } from '#components/sale/live.ts';
import { jittered, useApi } from '#components/use-api.ts';
import type { CartAnswer, OneSaleAnswer } from '#lib/contract.ts';

const POLL_MS = 5_000;

/** A cart's things of a sale that is not in the list of sales: asked for by itself, and until it is known they can be put away. */
export function OtherSale({ cart, saleId }: { cart: CartAnswer; saleId: string }) {
  const { data: sale } = useApi<OneSaleAnswer>(salePath(saleId), { refreshInterval: () => jittered(POLL_MS) });
  if (sale) return <CartGroup cart={cart} sale={sale} />;
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-card">
      {cart.items
        .filter((line) => line.saleId === saleId)
        .map((line) => (
          <CartLine
            key={line.productId}
            line={line}
            product={undefined}
            left={undefined}
            onChange={(quantity) => setQuantity(cart, line.productId, quantity).catch(() => {})}
          />
        ))}
    </ul>
  );
}
