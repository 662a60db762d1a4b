'use client';

import { knownShopper } from '#components/cart/stored-cart.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { jittered, useApi } from '#components/use-api.ts';
import type { OrderAnswer, OrdersAnswer } from '#lib/contract.ts';

export const ORDERS_PATH = '/api/orders';
export const orderPath = (orderId: string) => `${ORDERS_PATH}/${encodeURIComponent(orderId)}`;

const HOLD_POLL_MS = 10_000;

/** The newest orders of whoever has shopped in this browser; asks nothing before that. */
export function useOrders() {
  const shopper = knownShopper.use();
  return useApi<OrdersAnswer>(shopper ? ORDERS_PATH : null, {
    refreshInterval: (latest) =>
      latest?.orders.some(({ status }) => status === 'RESERVED') ? jittered(HOLD_POLL_MS) : 0,
  });
}

/** The shopper's holds whose time still runs, soonest end first. */
export function useLiveHolds(): OrderAnswer[] {
  const { data } = useOrders();
  const holds = (data?.orders ?? []).filter(({ status }) => status === 'RESERVED');
  const running = useServerTime((nowMs) => holds.filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs).length) ?? 0;
  return holds
    .sort((a, b) => Date.parse(b.expiresAt) - Date.parse(a.expiresAt))
    .slice(0, running)
    .reverse();
}
