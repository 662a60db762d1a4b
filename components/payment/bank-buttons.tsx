'use client';

import { useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import type { PayProps } from '#components/payment/pay-props.ts';
import { Button } from '#components/ui/button.tsx';

/** What the test bank shall answer, without leaving the page. */
export function BankButtons({ order, over, off, onBusy, onDone, children }: PayProps) {
  const [doing, setDoing] = useState<'success' | 'fail' | null>(null);
  const [trouble, setTrouble] = useState('');
  const { payment: words, refused } = useMessages();

  async function answer(choice: 'success' | 'fail') {
    setDoing(choice);
    onBusy(true);
    setTrouble('');
    try {
      await call(`/api/payment/${choice}`, { method: 'POST', body: { orderId: order.orderId } });
    } catch (problem) {
      // A decided order says by its own page what happened; only an undecided one needs a word here.
      if (problem instanceof ApiProblem && problem.passing) setTrouble(refused.gaveUp);
    }
    await onDone();
    setDoing(null);
    onBusy(false);
  }

  const still = over || off || doing !== null;
  return (
    <>
      <p className="text-dusk text-sm">{words.testBankText}</p>
      <Button
        size="large"
        off={still}
        onClick={() => answer('success')}
        className="w-full aria-disabled:border-night-line! aria-disabled:bg-night-soft! aria-disabled:text-dusk!"
      >
        {doing === 'success' ? words.paying : words.pay(money(order.total, order.currency))}
      </Button>
      <div className="grid grid-cols-2 gap-3">
        <Button kind="night" className="text-sm sm:text-base" off={still} onClick={() => answer('fail')}>
          {words.decline}
        </Button>
        {children}
      </div>
      <p role="status" className={trouble ? 'rounded-xl bg-night-soft px-4 py-3 text-sm' : 'sr-only'}>
        {trouble}
      </p>
    </>
  );
}
