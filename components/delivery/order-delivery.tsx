'use client';

import { useRef, useState } from 'react';
import { call } from '#components/api.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { Address } from '#components/delivery/address.tsx';
import { DeliveryForm } from '#components/delivery/delivery-form.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Button } from '#components/ui/button.tsx';
import { useKeptFocus } from '#components/ui/kept-focus.ts';
import type { DeliveryAnswer, OrderAnswer, OrderDeliveryAnswer } from '#lib/contract.ts';

/** Where a PAID order goes: what was said, and how to say or mend it. */
export function OrderDelivery({ order, refresh }: { order: OrderAnswer; refresh: () => Promise<unknown> }) {
  const [changing, setChanging] = useState(false);
  const [news, setNews] = useState('');
  const { delivery: words } = useMessages();
  const { delivery } = order;
  const untilMs = delivery ? Date.parse(delivery.changeableUntil) : 0;
  const changeable = useServerTime((nowMs) => nowMs < untilMs) ?? false;

  async function save(given: DeliveryAnswer) {
    await call<OrderDeliveryAnswer>(`${orderPath(order.orderId)}/delivery`, { method: 'PUT', body: given });
    await refresh();
    setChanging(false);
    setNews(words.kept);
  }

  const part = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useKeptFocus((focused) => (part.current?.contains(focused) ? () => opener.current ?? heading.current : null));

  const form = !delivery || changing;
  return (
    <section
      ref={part}
      aria-labelledby="delivery"
      className="mx-auto mt-6 flex max-w-5xl flex-col gap-4 rounded-card border border-line bg-card p-6 sm:p-10"
    >
      <header className="flex flex-col gap-1">
        <h2 ref={heading} id="delivery" className="font-semibold text-2xl tracking-tight">
          {delivery ? words.goesTo : words.where}
        </h2>
        {!delivery && <p className="text-muted">{words.whereText}</p>}
      </header>
      <p role="status" className="sr-only">
        {news}
      </p>
      {form ? (
        <DeliveryForm
          initial={delivery}
          save={words.save}
          onSave={save}
          {...(delivery ? { onCancel: () => setChanging(false) } : {})}
        />
      ) : (
        <>
          <Address delivery={delivery} />
          {changeable ? (
            <div className="flex flex-wrap items-center gap-4">
              <Button ref={opener} kind="secondary" onClick={() => setChanging(true)}>
                {words.change}
              </Button>
              <span className="text-muted text-sm">
                {words.changeable} <time dateTime={delivery.changeableUntil}>{momentOf(delivery.changeableUntil)}</time>
              </span>
            </div>
          ) : (
            <p className="text-muted text-sm">{words.fixed}</p>
          )}
        </>
      )}
    </section>
  );
}
