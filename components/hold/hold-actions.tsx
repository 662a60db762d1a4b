'use client';

import { useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { useMessages } from '#components/messages/index.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Pay } from '#components/payment/pay.tsx';
import { Button } from '#components/ui/button.tsx';
import type { OrderAnswer } from '#lib/contract.ts';

/** Pay, or let go. Both are safe to repeat: the shop answers the same again. */
export function HoldActions({
  order,
  over,
  onDone,
}: {
  order: OrderAnswer;
  over: boolean;
  onDone: () => Promise<unknown>;
}) {
  const [releasing, setReleasing] = useState(false);
  const [paying, setPaying] = useState(false);
  const [trouble, setTrouble] = useState('');
  const { hold, refused } = useMessages();

  async function release() {
    setReleasing(true);
    setTrouble('');
    try {
      await call(`${orderPath(order.orderId)}/cancel`, { method: 'POST', body: {} });
    } catch (problem) {
      // A decided order says by its own page what happened; only an undecided one needs a word here.
      if (problem instanceof ApiProblem && problem.passing) setTrouble(refused.gaveUp);
    }
    await onDone();
    setReleasing(false);
  }

  return (
    <div className="flex w-full flex-col gap-3">
      <Pay order={order} over={over} off={releasing} onBusy={setPaying} onDone={onDone}>
        <Button
          kind="night"
          className="w-full text-sm sm:text-base"
          off={over || paying || releasing}
          onClick={release}
        >
          {releasing ? hold.releasing : hold.release}
        </Button>
      </Pay>
      <p role="status" className={trouble ? 'rounded-xl bg-night-soft px-4 py-3 text-sm' : 'sr-only'}>
        {trouble}
      </p>
    </div>
  );
}
