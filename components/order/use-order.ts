'use client';

import { useEffect } from 'react';
import { mutate } from 'swr';
import { serverNow } from '#components/clock/server-clock.ts';
import { useMoment } from '#components/clock/use-server-time.ts';
import { ORDERS_PATH, orderPath } from '#components/order/use-orders.ts';
import { jittered, useApi } from '#components/use-api.ts';
import type { OrderAnswer } from '#lib/contract.ts';

const POLL_MS = 5_000;
const POLL_SOON_MS = 1_000;
/** Whoever comes back from the bank's page has just loaded this one; the bank's word is a moment away. */
const JUST_LOADED_MS = 20_000;
/** Past this an ended order is looked at when somebody looks at its page, and not by itself. */
const LOOK_OUT_MS = 60 * 60_000;

/** One order, kept fresh while it can change by itself. At the end of its time the page asks the shop, which alone decides. */
export function useOrder(orderId: string | null) {
  const order = useApi<OrderAnswer>(orderId === null ? null : orderPath(orderId), {
    refreshInterval: (latest) => (latest ? nextLookMs(latest) : 0),
  });
  const { data } = order;
  useMoment(data?.status === 'RESERVED' ? Date.parse(data.expiresAt) : null, () => order.mutate());
  useEffect(() => {
    if (data?.status) void mutate(ORDERS_PATH);
  }, [data?.status]);
  return order;
}

/** How long until the shop is asked again, with a little chance in it; 0: not by itself. */
function nextLookMs({ status, expiresAt, paidAt, paymentOpen, moneyBack }: OrderAnswer): number {
  if (status === 'RESERVED') {
    const soon = Date.parse(expiresAt) <= serverNow() || (paymentOpen && performance.now() < JUST_LOADED_MS);
    return jittered(soon ? POLL_SOON_MS : POLL_MS);
  }
  if (!paymentOpen && moneyBack !== 'pending') return 0;
  const endedMs = serverNow() - Date.parse(paidAt ?? expiresAt); // money may still come, or go back: later and later
  return endedMs < LOOK_OUT_MS ? jittered(Math.max(POLL_MS, endedMs / 4)) : 0;
}
