'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { mutate } from 'swr';
import type { ApiProblem } from '#components/api.ts';
import { knownShopper, rememberCheckout } from '#components/cart/stored-cart.ts';
import { type CheckoutOutcome, checkout, type Wish } from '#components/hold/checkout.ts';
import { ORDERS_PATH } from '#components/order/use-orders.ts';

export type CheckoutState =
  | { step: 'idle' }
  | { step: 'asking' }
  | { step: 'waiting'; problem: ApiProblem }
  | Exclude<Told, { step: 'held' }>;
type Told = { step: 'refused'; problem: ApiProblem } | { step: 'unanswered'; problem: ApiProblem } | { step: 'held' };

/** A button's checkout: one at a time, and on to the hold's page when it is won. */
export function useCheckout() {
  const router = useRouter();
  const [state, setState] = useState<CheckoutState>({ step: 'idle' });
  const busy = state.step === 'asking' || state.step === 'waiting';

  async function begin(wish: Wish): Promise<CheckoutOutcome | undefined> {
    if (busy) return undefined;
    setState({ step: 'asking' });
    knownShopper.write(true);
    const outcome = await checkout(wish, (problem) => setState({ step: 'waiting', problem }));
    if (outcome.status !== 'held') {
      setState({ step: outcome.status, problem: outcome.problem });
      return outcome;
    }
    if ('saleId' in wish) rememberCheckout(wish.saleId, outcome.orderId);
    void mutate(ORDERS_PATH);
    router.push(`/orders/${outcome.orderId}`);
    return outcome;
  }

  return { state, busy, begin, forget: () => setState({ step: 'idle' }) };
}
