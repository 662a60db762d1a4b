'use client';

import { useState } from 'react';
import { knownAccount } from '#components/account/known-account.ts';
import { call } from '#components/api.ts';
import { momentOf, money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { ORDERS_PATH } from '#components/order/use-orders.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useApi } from '#components/use-api.ts';
import type { OrderAnswer, OrdersAnswer } from '#lib/contract.ts';

const TONES = { RESERVED: 'text-warn', PAID: 'text-good', CANCELLED: 'text-muted' } as const;

export function OrdersPage() {
  const messages = useMessages();
  const { data, error, mutate } = useApi<OrdersAnswer>(ORDERS_PATH);
  const [earlier, setEarlier] = useState<OrdersAnswer[]>([]);
  const [step, setStep] = useState<'idle' | 'asking' | 'failed'>('idle');
  const account = knownAccount.use();
  const { orders: words, cart } = messages;

  if (!data)
    return error ? <Trouble problem={error} missing={words.emptyText} retry={() => mutate()} /> : <OrdersSkeleton />;
  if (data.orders.length === 0) {
    return (
      <Notice title={words.emptyTitle} text={words.emptyText}>
        <ButtonLink href="/">{cart.browse}</ButtonLink>
        {!account && (
          <ButtonLink kind="secondary" href="/signin?next=%2Forders">
            {messages.account.yourOrders}
          </ButtonLink>
        )}
      </Notice>
    );
  }
  const seen = new Set<string>();
  const orders = [data, ...earlier]
    .flatMap((page) => page.orders)
    .filter(({ orderId }) => !seen.has(orderId) && seen.add(orderId));
  const next = (earlier.at(-1) ?? data).next;

  async function more(before: string) {
    setStep('asking');
    try {
      const page = await call<OrdersAnswer>(`${ORDERS_PATH}?before=${encodeURIComponent(before)}`);
      setEarlier([...earlier, page]);
      setStep('idle');
    } catch {
      setStep('failed');
    }
  }

  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6">
      <h1 className="font-semibold text-4xl tracking-tight">{words.title}</h1>
      <ul className="flex flex-col gap-3">
        {orders.map((order) => (
          <OrderRow key={order.orderId} order={order} />
        ))}
      </ul>
      {next && (
        <Button kind="secondary" className="self-center" off={step === 'asking'} onClick={() => more(next)}>
          {words.more}
        </Button>
      )}
      <p role="status" className="text-center text-bad text-sm empty:hidden">
        {step === 'failed' && messages.refused.other}
      </p>
    </div>
  );
}

function OrderRow({ order }: { order: OrderAnswer }) {
  const { orders: words, order: detail } = useMessages();
  const units = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <li className="relative flex flex-col gap-1 rounded-card border border-line bg-card px-5 py-4 hover:border-edge">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <Link
          href={`/orders/${order.orderId}`}
          className="wrap-anywhere min-w-0 font-semibold after:absolute after:inset-0 after:rounded-card"
        >
          {order.items.map(({ name }) => name).join(', ') || order.orderId}
        </Link>
        <span className="tabular-nums">{money(order.total, order.currency)}</span>
      </p>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <span className={TONES[order.status]}>
          <strong className="font-semibold">{words.status[order.status]}</strong>
          {order.reason && `: ${detail.reasonTitle[order.reason]}`}
        </span>
        <span className="text-muted">
          {words.units(units)}, <time dateTime={order.createdAt}>{momentOf(order.createdAt)}</time>
        </span>
      </p>
    </li>
  );
}

function OrdersSkeleton() {
  const messages = useMessages();
  return (
    <div role="status" aria-label={messages.shop.loading} className="mx-auto flex max-w-3xl flex-col gap-3">
      <div className="skeleton mb-3 h-11 w-48" />
      <div className="skeleton h-21 rounded-card!" />
      <div className="skeleton h-21 rounded-card!" />
    </div>
  );
}
