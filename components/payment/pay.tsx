'use client';

import { lazy, Suspense, useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { BankButtons } from '#components/payment/bank-buttons.tsx';
import type { PayProps } from '#components/payment/pay-props.ts';
import { usePayments } from '#components/payment/use-payments.ts';
import { Button } from '#components/ui/button.tsx';
import type { StartPaymentAnswer } from '#lib/contract.ts';

/** Only shops that take cards load it. */
const CardFields = lazy(async () => ({ default: (await import('#components/payment/card-fields.tsx')).CardFields }));

/** How this order is paid: by fields of the provider's on this page, on a page of the bank's, or by the test bank's two buttons. */
export function Pay(props: PayProps) {
  const { order, over, off, onBusy, onDone, children } = props;
  const payments = usePayments();
  const [started, setStarted] = useState<StartPaymentAnswer['pay'] | null>(null);
  const [starting, setStarting] = useState(false);
  const [trouble, setTrouble] = useState('');
  const { payment: words } = useMessages();
  const amount = money(order.total, order.currency);

  async function start() {
    setStarting(true);
    onBusy(true);
    setTrouble('');
    try {
      const { pay } = await call<StartPaymentAnswer>('/api/payment/start', {
        method: 'POST',
        body: { orderId: order.orderId },
      });
      if (pay.kind === 'page') location.assign(pay.url);
      else setStarted(pay);
      await onDone(); // the deadline may have moved
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      if (problem.passing) setTrouble(problem.status === 0 ? words.offline : words.notStarted);
      else if (problem.code === 'PAYMENT_IMPOSSIBLE') setTrouble(words.impossible);
      else await onDone(); // decided: the order's own page says how
    }
    setStarting(false);
    onBusy(false);
  }

  // The provider's own fields say it themselves.
  const declined = order.declined && !started && !starting ? words.declined(words.declinedPlain) : '';
  const said = over ? words.over : trouble || declined; // for the eye it stands at the ring that the time is over
  const status = (
    <p role="status" className={said && !over ? 'rounded-xl bg-night-soft px-4 py-3 text-sm' : 'sr-only'}>
      {said}
    </p>
  );
  if (payments?.provider === 'sandbox') {
    return (
      <>
        <BankButtons {...props} off={off || starting} />
        {payments.page && (
          <>
            <Button kind="quiet" className="text-starlight!" off={over || off || starting} onClick={start}>
              {starting ? words.starting : words.toBank}
            </Button>
            <p className="text-dusk text-sm">{words.toBankText}</p>
          </>
        )}
        {status}
      </>
    );
  }
  return (
    <>
      {started?.kind === 'fields' ? (
        <Suspense fallback={<p role="status">{words.loading}</p>}>
          <CardFields key={started.clientSecret} {...props} fields={started} />
        </Suspense>
      ) : (
        <Button
          size="large"
          off={!payments || over || off || starting}
          onClick={start}
          className="w-full aria-disabled:border-night-line! aria-disabled:bg-night-soft! aria-disabled:text-dusk!"
        >
          {starting ? words.starting : words.pay(amount)}
        </Button>
      )}
      {children}
      {status}
    </>
  );
}
