'use client';

import { useEffect } from 'react';
import { mutate } from 'swr';
import { serverNow } from '#components/clock/server-clock.ts';
import { useMoment } from '#components/clock/use-server-time.ts';
import { ORDERS_PATH, orderPath } from '#components/order/use-orders.ts';
import { jittered, useApi } from '#components/use-api.ts';
import type { OrderAnswer } from '#lib/contract.ts';

const POLL_MS = 5_000;
const POLL_PAST_END_MS = 1_000;

/** One order, kept fresh while it is on hold. At the end of its time the page asks the shop, which alone decides. */
export function useOrder(orderId: string | null) {
  const order = useApi<OrderAnswer>(orderId === null ? null : orderPath(orderId), {
    refreshInterval: (latest) => {
      if (latest?.moneyBack === 'pending') return jittered(POLL_MS);
      if (latest?.status !== 'RESERVED') return 0;
      return jittered(Date.parse(latest.expiresAt) <= serverNow() ? POLL_PAST_END_MS : POLL_MS);
    },
  });
  const { data } = order;
  useMoment(data?.status === 'RESERVED' ? Date.parse(data.expiresAt) : null, () => order.mutate());
  useEffect(() => {
    if (data?.status) void mutate(ORDERS_PATH);
  }, [data?.status]);
  return order;
}
