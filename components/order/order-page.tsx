'use client';

import { usePathname } from 'next/navigation';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Hold } from '#components/hold/hold.tsx';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { useOrder } from '#components/order/use-order.ts';
import { useSale } from '#components/sale/use-sale.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { later } from '#components/ui/later.ts';
import { Trouble } from '#components/ui/trouble.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';
import { useTitle } from '#components/ui/use-title.ts';
import type { OrderAnswer } from '#lib/contract.ts';

const loadPaid = async () => ({ default: (await import('#components/order/paid.tsx')).Paid });
const loadCancelled = async () => ({ default: (await import('#components/order/cancelled.tsx')).Cancelled });
const Paid = lazy(loadPaid);
const Cancelled = lazy(loadCancelled);
const OrderDelivery = later(async () => (await import('#components/delivery/order-delivery.tsx')).OrderDelivery);

const SKELETON = 'skeleton mx-auto h-216 max-w-4xl rounded-card! lg:h-150';

/** Any order's page. One static page serves them all, so the id is read from the address once the browser has it. */
export function OrderPage() {
  const messages = useMessages();
  const pathname = usePathname();
  const orderId = useMounted() ? (pathname.split('/')[2] ?? '') : null;
  const { data: order, error, mutate } = useOrder(orderId);
  const sale = useSale(order?.saleId ?? null).data;
  const [watched, setWatched] = useState(false);
  if (order?.status === 'RESERVED' && !watched) setWatched(true);
  useTitle(order && titleOf(messages, order));
  // How it ends is there before it ends, also for who is offline by then.
  useEffect(() => void Promise.allSettled([loadPaid(), loadCancelled()]), []);

  if (!order) {
    const signIn = (
      <ButtonLink kind="secondary" href={`/signin?next=${encodeURIComponent(pathname)}`}>
        {messages.account.signIn}
      </ButtonLink>
    );
    if (error) {
      const retry = () => mutate();
      return <Trouble problem={error} missing={messages.order.missing} retry={retry} whenMissing={signIn} />;
    }
    return (
      <div role="status" aria-label={messages.shop.loading} className={SKELETON}>
        <p className="p-6 text-lg text-muted sm:p-10">{messages.order.coming}</p>
      </div>
    );
  }
  const products = sale?.products ?? [];
  return (
    <Suspense fallback={<div className={SKELETON} />}>
      <Announcer text={titleOf(messages, order)} />
      {order.status === 'RESERVED' && (
        <Hold order={order} products={products} refresh={() => mutate()} change={(changed) => mutate(changed)} />
      )}
      {order.status === 'PAID' && <Paid order={order} products={products} watched={watched} />}
      {order.status === 'PAID' && order.ships && (
        <Suspense>
          <OrderDelivery order={order} refresh={() => mutate()} />
        </Suspense>
      )}
      {order.status === 'CANCELLED' && <Cancelled key={order.orderId} order={order} sale={sale} watched={watched} />}
    </Suspense>
  );
}

function titleOf(messages: Messages, order: OrderAnswer): string {
  if (order.status === 'RESERVED') return messages.hold.title;
  return order.status === 'PAID' ? messages.order.paidTitle : messages.order.reasonTitle[order.reason ?? 'EXPIRED'];
}
