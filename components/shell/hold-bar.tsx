'use client';

import { HoldLink } from '#components/hold/hold-link.tsx';
import { useLiveHolds } from '#components/order/use-orders.ts';

/** A running hold, shown on every page but its own and the cart, which shows it itself. */
export function HoldBar({ pathname }: { pathname: string }) {
  const hold = useLiveHolds().find(({ orderId }) => pathname !== `/orders/${orderId}`);
  if (!hold) return null;
  return (
    <div className="mx-auto max-w-6xl px-4 pb-2 sm:px-6">
      <HoldLink hold={hold} />
    </div>
  );
}
