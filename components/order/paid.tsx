'use client';

import { momentOf, money, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { OrderLines } from '#components/order/order-lines.tsx';
import { TaxIncluded } from '#components/order/tax-included.tsx';
import { ReceiptLinks } from '#components/receipt/receipt-links.tsx';
import { Art } from '#components/ui/art.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { OrderAnswer, ProductAnswer } from '#lib/contract.ts';

/** The confirmation: whose number it is now. */
export function Paid({ order, products }: { order: OrderAnswer; products: ProductAnswer[] }) {
  const messages = useMessages();
  const { order: words, hold } = messages;
  const first = order.items[0];
  const product = products.find(({ productId }) => productId === first?.productId);
  const units = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  const unit = units === 1 ? first?.tokens[0] : undefined;
  return (
    <article className="rise mx-auto grid max-w-4xl overflow-hidden rounded-card border border-line bg-card md:grid-cols-2">
      <div className="relative aspect-square bg-sunken md:aspect-auto">
        {product && <Art name={product.art} alt={product.name} eager className="md:absolute md:inset-0 md:h-full" />}
      </div>
      <div className="flex flex-col justify-center gap-6 p-6 sm:p-10">
        <header>
          <p className="font-semibold text-good">{messages.orders.status.PAID}</p>
          <h1 className="mt-1 font-semibold text-4xl tracking-tight sm:text-5xl">{words.paidTitle}</h1>
          {unit && (
            <p className="mt-5 flex flex-col">
              <span className="text-lg">{first?.name}</span>
              <strong data-unit={unit} className="font-semibold text-2xl tabular-nums">
                {hold.unitOf(unitNumber(unit), product?.minted ?? null)}
              </strong>
            </p>
          )}
          <p className="mt-2 text-muted">{words.paidText(units)}</p>
        </header>
        {units > 1 && <OrderLines order={order} products={products} />}
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 border-line border-t pt-4 text-sm">
          <dt className="text-muted">{hold.total}</dt>
          <dd className="flex flex-col text-right tabular-nums">
            <span className="font-semibold">{money(order.total, order.currency)}</span>
            <TaxIncluded order={order} className="text-muted" />
          </dd>
          {order.paidAt && (
            <>
              <dt className="text-muted">{words.paidOn}</dt>
              <dd className="text-right">
                <time dateTime={order.paidAt}>{momentOf(order.paidAt)}</time>
              </dd>
            </>
          )}
          <dt className="text-muted">{words.reference}</dt>
          <dd className="break-all text-right">{order.orderId}</dd>
        </dl>
        <ReceiptLinks orderId={order.orderId} />
        <div className="flex flex-wrap gap-3">
          <ButtonLink kind="secondary" href="/orders">
            {words.all}
          </ButtonLink>
          <ButtonLink kind="quiet" href={`/sales/${order.saleId}`}>
            {words.keepLooking}
          </ButtonLink>
        </div>
      </div>
    </article>
  );
}
