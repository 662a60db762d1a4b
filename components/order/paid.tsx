'use client';

import { Check } from 'lucide-react';
import { useEffect } from 'react';
import { mutate } from 'swr';
import { count, momentOf, money, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { MoneyBack } from '#components/order/money-back.tsx';
import { OrderLines } from '#components/order/order-lines.tsx';
import { Outcome } from '#components/order/outcome.tsx';
import { TaxIncluded } from '#components/order/tax-included.tsx';
import { ReceiptLinks } from '#components/receipt/receipt-links.tsx';
import { Art } from '#components/ui/art.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { OrderAnswer, ProductAnswer } from '#lib/contract.ts';

const isCart = (path: unknown) => typeof path === 'string' && path.startsWith('/api/cart/');

/** The confirmation: whose number it is now. What was bought has left the cart, so the number beside it is asked for anew. */
export function Paid({
  order,
  products,
  watched,
}: {
  order: OrderAnswer;
  products: ProductAnswer[];
  /** It was paid before the shopper's eyes. */
  watched: boolean;
}) {
  const messages = useMessages();
  useEffect(() => void mutate(isCart), []);
  const { order: words, hold } = messages;
  const first = order.items[0];
  const product = products.find(({ productId }) => productId === first?.productId);
  const units = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  const unit = units === 1 ? first?.tokens[0] : undefined;
  return (
    <article className="rise mx-auto grid max-w-5xl overflow-hidden rounded-card border border-line bg-card lg:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)]">
      <div className="relative aspect-5/4 bg-sunken sm:aspect-2/1 lg:aspect-auto">
        {product && <Art name={product.art} alt={product.name} eager className="absolute inset-0 h-full" />}
      </div>
      <div className="flex min-w-0 flex-col gap-5 p-6 sm:p-10">
        <header className="flex flex-col gap-2">
          <p className="flex items-center gap-1.5 font-semibold text-good">
            <Check aria-hidden="true" className="size-5" />
            {messages.orders.status.PAID}
          </p>
          <Outcome watched={watched} className="text-4xl sm:text-5xl">
            {words.paidTitle}
          </Outcome>
          {unit && <Edition name={first?.name ?? ''} unit={unit} minted={product?.minted ?? null} />}
          <p className="text-muted">{words.paidText(units)}</p>
        </header>
        <MoneyBack order={order} />
        {units > 1 && <OrderLines order={order} products={products} />}
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 border-line border-t border-dashed pt-5 text-sm">
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
          <dd className="break-all text-right text-xs leading-5">{order.orderId}</dd>
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

/** The number as on a numbered print: large, with what it is one of. */
function Edition({ name, unit, minted }: { name: string; unit: string; minted: number | null }) {
  const { hold } = useMessages();
  const number = count(unitNumber(unit));
  const words = hold.unitOf(unitNumber(unit), minted);
  const at = words.indexOf(number);
  return (
    <p className="my-3 flex flex-col gap-1 border-accent border-l-4 pl-5">
      <span className="wrap-anywhere text-lg">{name}</span>
      <strong data-unit={unit} className="font-semibold text-2xl text-muted tabular-nums">
        {words.slice(0, at)}
        <span className="mx-1 text-7xl text-ink leading-none tracking-tight sm:text-8xl">{number}</span>
        {words.slice(at + number.length)}
      </strong>
    </p>
  );
}
