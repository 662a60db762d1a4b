import { money, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { Art } from '#components/ui/art.tsx';
import type { OrderAnswer, ProductAnswer } from '#lib/contract.ts';

/** What an order is of: each product with its very units while they are the order's. `products` may still be loading. */
export function OrderLines({ order, products }: { order: OrderAnswer; products: ProductAnswer[] }) {
  const messages = useMessages();
  return (
    <ul className="flex flex-col gap-5">
      {order.items.map((line) => {
        const product = products.find(({ productId }) => productId === line.productId);
        return (
          <li key={line.productId} className="grid grid-cols-[4.5rem_1fr] gap-4">
            <div className="self-start overflow-hidden rounded-xl bg-sunken">
              {product ? <Art name={product.art} /> : <div className="aspect-square" />}
            </div>
            <div className="flex min-w-0 flex-col gap-2">
              <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="wrap-anywhere min-w-0 font-semibold">{line.name}</span>
                <span className="tabular-nums">
                  {line.quantity > 1 && <span className="opacity-80">{messages.order.times(line.quantity)} </span>}
                  {money(line.price * line.quantity, order.currency)}
                </span>
              </p>
              {order.status !== 'CANCELLED' && line.tokens.length > 0 && (
                <ul className="flex flex-wrap gap-1.5">
                  {line.tokens.map((token) => (
                    <li
                      key={token}
                      data-unit={token}
                      className="rounded-full border border-current/35 px-3 py-0.5 font-medium text-sm tabular-nums"
                    >
                      {messages.hold.unitOf(unitNumber(token), product?.minted ?? null)}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
