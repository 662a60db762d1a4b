'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { mutate } from 'swr';
import { knownAccount } from '#components/account/known-account.ts';
import type { ApiProblem } from '#components/api.ts';
import { knownShopper, rememberCheckout } from '#components/cart/stored-cart.ts';
import { type CheckoutOutcome, checkout, type Wish } from '#components/hold/checkout.ts';

export type CheckoutState =
  | { step: 'idle' }
  | { step: 'asking' }
  | { step: 'waiting'; problem: ApiProblem }
  | Exclude<Told, { step: 'held' }>;
type Told = { step: 'refused'; problem: ApiProblem } | { step: 'unanswered'; problem: ApiProblem } | { step: 'held' };

const showsPrices = (path: unknown) => typeof path === 'string' && /^\/api\/(sales|cart)\b/.test(path);

/** A button's checkout: one at a time, and on to the hold's page when it is won. */
export function useCheckout() {
  const router = useRouter();
  const [state, setState] = useState<CheckoutState>({ step: 'idle' });
  const busy = state.step === 'asking' || state.step === 'waiting';

  /**
   * @param expectedTotal what the page shows for all of it, in minor units
   * @param ready what must have happened before; if it did not, nothing is asked
   */
  async function begin(
    wish: Wish,
    expectedTotal: number,
    ready: Promise<unknown> = Promise.resolve(),
  ): Promise<CheckoutOutcome | undefined> {
    if (busy) return undefined;
    setState({ step: 'asking' });
    try {
      await ready;
    } catch {
      setState({ step: 'idle' });
      return undefined;
    }
    knownShopper.write(true);
    const outcome = await checkout(wish, expectedTotal, (problem) => setState({ step: 'waiting', problem }));
    if (outcome.status !== 'held') {
      if (outcome.problem.code === 'SIGN_IN_REQUIRED') knownAccount.write(null); // the session is over
      setState({ step: outcome.status, problem: outcome.problem });
      if (outcome.problem.code === 'PRICE_CHANGED') void mutate(showsPrices); // the page shows it beside the question
      return outcome;
    }
    if ('saleId' in wish) rememberCheckout(wish.saleId, outcome.orderId);
    router.push(`/orders/${outcome.orderId}`);
    return outcome;
  }

  return { state, busy, begin, forget: () => setState({ step: 'idle' }) };
}
