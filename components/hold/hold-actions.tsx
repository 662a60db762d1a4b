'use client';

import { useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { money } from '#components/format.ts';
import { messages } from '#components/messages.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Button } from '#components/ui/button.tsx';
import type { OrderAnswer } from '#lib/contract.ts';

type Act = 'pay' | 'decline' | 'release';

const POSTS: Record<Act, (orderId: string) => { path: string; body: object }> = {
  pay: (orderId) => ({ path: '/api/payment/success', body: { orderId } }),
  decline: (orderId) => ({ path: '/api/payment/fail', body: { orderId } }),
  release: (orderId) => ({ path: `${orderPath(orderId)}/cancel`, body: {} }),
};

/** Pay, refuse, or let go. All three are safe to repeat: the shop answers the same again. */
export function HoldActions({
  order,
  over,
  onDone,
}: {
  order: OrderAnswer;
  over: boolean;
  onDone: () => Promise<unknown>;
}) {
  const [doing, setDoing] = useState<Act | null>(null);
  const [trouble, setTrouble] = useState('');
  const { hold, refused } = messages;

  async function act(what: Act) {
    if (doing) return;
    setDoing(what);
    setTrouble('');
    const { path, body } = POSTS[what](order.orderId);
    try {
      await call(path, { method: 'POST', body });
    } catch (problem) {
      // A decided order says by its own page what happened; only an undecided one needs a word here.
      if (problem instanceof ApiProblem && problem.passing) setTrouble(refused.gaveUp);
    }
    await onDone();
    setDoing(null);
  }

  const off = over || doing !== null;
  return (
    <div className="flex w-full flex-col gap-3">
      <p className="text-dusk text-sm">{hold.testBankText}</p>
      <Button
        size="large"
        off={off}
        onClick={() => act('pay')}
        className="w-full aria-disabled:border-night-line! aria-disabled:bg-night-soft! aria-disabled:text-dusk!"
      >
        {doing === 'pay' ? hold.paying : hold.pay(money(order.total, order.currency))}
      </Button>
      <div className="grid grid-cols-2 gap-3">
        <Button kind="night" className="text-sm sm:text-base" off={off} onClick={() => act('decline')}>
          {hold.decline}
        </Button>
        <Button kind="night" className="text-sm sm:text-base" off={off} onClick={() => act('release')}>
          {doing === 'release' ? hold.releasing : hold.release}
        </Button>
      </div>
      <p role="status" className={trouble ? 'rounded-xl bg-night-soft px-4 py-3 text-sm' : 'sr-only'}>
        {trouble}
      </p>
    </div>
  );
}
