'use client';

import { Suspense } from 'react';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { money, timeOfDay } from '#components/format.ts';
import { HoldActions } from '#components/hold/hold-actions.tsx';
import { Ring } from '#components/hold/ring.tsx';
import { ThresholdAnnouncer } from '#components/hold/threshold-announcer.tsx';
import { useMessages } from '#components/messages/index.ts';
import { MoneyBack } from '#components/order/money-back.tsx';
import { OrderLines } from '#components/order/order-lines.tsx';
import { TaxIncluded } from '#components/order/tax-included.tsx';
import { later } from '#components/ui/later.ts';
import type { OrderAnswer, ProductAnswer } from '#lib/contract.ts';

const Extend = later(async () => (await import('#components/hold/extend.tsx')).Extend);

interface Held {
  order: OrderAnswer;
  products: ProductAnswer[];
  refresh: () => Promise<unknown>;
  change: (order: OrderAnswer) => Promise<unknown>;
}

/** A hold whose time runs: which units, how long, and what to do now. */
export function Hold({ order, products, refresh, change }: Held) {
  const { hold: words, sale } = useMessages();
  const endsMs = Date.parse(order.expiresAt);
  const over = useServerTime((nowMs) => nowMs >= endsMs) ?? false;
  return (
    <article className="mx-auto grid max-w-4xl overflow-hidden rounded-card bg-night text-starlight lg:grid-cols-2 forced-colors:border">
      <div className="flex flex-col items-center gap-3 px-6 pt-6 pb-5 sm:gap-4 sm:px-10 sm:pt-8 lg:justify-center lg:bg-night-soft/40 lg:py-12">
        <h1 tabIndex={-1} className="font-semibold text-2xl tracking-tight outline-none sm:text-3xl">
          {words.title}
        </h1>
        <Ring from={order.createdAt} until={order.expiresAt} />
        <div className="flex flex-col gap-1 text-center text-dusk">
          <p aria-hidden={over || undefined}>
            {over ? (
              words.asking
            ) : (
              <>
                {words.untilLabel} <time dateTime={order.expiresAt}>{timeOfDay(order.expiresAt)}</time>
              </>
            )}
          </p>
          <p className="text-balance text-sm">{words.atZero}</p>
        </div>
        <ThresholdAnnouncer until={order.expiresAt} holdSeconds={order.holdSeconds} />
        <div className="min-h-16">
          <Suspense>
            <Extend
              order={order}
              over={over}
              onExtended={(answer) =>
                answer
                  ? change({
                      ...order,
                      expiresAt: answer.expiresAt,
                      expiresIn: answer.expiresIn,
                      extensions: [...order.extensions, 'asked'],
                    })
                  : refresh()
              }
            />
          </Suspense>
        </div>
      </div>
      <div className="flex flex-col gap-4 px-6 pb-8 sm:gap-6 sm:px-10 lg:py-12">
        <OrderLines order={order} products={products} />
        <p className="flex items-baseline justify-between border-night-line border-t pt-4">
          <span className="text-dusk">{words.total}</span>
          <span className="flex flex-col items-end">
            <span className="font-semibold text-2xl tabular-nums">{money(order.total, order.currency)}</span>
            <TaxIncluded order={order} className="text-dusk text-sm" />
          </span>
        </p>
        <MoneyBack order={order} className="bg-night-soft" />
        <HoldActions order={order} over={over} onDone={refresh} />
        <p className="text-dusk text-sm">
          {words.explain} {order.ships ? words.ships : sale.shipsNot}
        </p>
      </div>
    </article>
  );
}
