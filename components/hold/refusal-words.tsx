'use client';

import { SignInToBuy } from '#components/account/sign-in-link.tsx';
import type { ApiProblem } from '#components/api.ts';
import { Countdown } from '#components/clock/countdown.tsx';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { money } from '#components/format.ts';
import type { CheckoutState } from '#components/hold/use-checkout.ts';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';

export interface Refused {
  state: CheckoutState;
  names: Record<string, string>;
  /** Try again at this total, after a refusal because the price has changed. */
  onAgree: (total: number) => unknown;
}

/** Why a checkout waits or was refused, in plain words, said aloud as it happens. */
export function RefusalWords({ state, names, onAgree }: Refused) {
  const messages = useMessages();
  const lines =
    state.step === 'idle' || state.step === 'asking' ? [] : wordsFor(messages, state.step, state.problem, names);
  const { code, problem } = (state.step === 'refused' && state.problem) || {};
  const newTotal = code === 'PRICE_CHANGED' ? problem?.total : undefined;
  const retryAt = problem?.retryAt ?? null;
  return (
    <div
      className={lines.length > 0 || retryAt ? 'flex flex-col gap-3 rounded-xl bg-sunken px-4 py-3 text-sm' : 'sr-only'}
    >
      <div role="status">
        {[...new Set(lines)].map((line) => (
          <p key={line}>{line}</p>
        ))}
        {retryAt && <Cooldown until={retryAt} />}
      </div>
      {newTotal !== undefined && (
        <Button kind="secondary" onClick={() => onAgree(newTotal)}>
          {messages.refused.buyAtNewPrice}
        </Button>
      )}
      {code === 'SIGN_IN_REQUIRED' && <SignInToBuy />}
    </div>
  );
}

/** Why the shopper waits, and for how long; then that they need not any more. */
function Cooldown({ until }: { until: string }) {
  const over = useServerTime((nowMs) => nowMs >= Date.parse(until));
  const { cooldown, cooldownOver } = useMessages().refused;
  return over ? (
    <p>{cooldownOver}</p>
  ) : (
    <p>
      {cooldown} <Countdown until={until} label={cooldown} />
    </p>
  );
}

function wordsFor(
  messages: Messages,
  step: 'waiting' | 'refused' | 'unanswered',
  problem: ApiProblem,
  names: Record<string, string>,
): string[] {
  const { refused } = messages;
  if (step === 'unanswered') return [refused.gaveUp];
  if (step === 'waiting') {
    if (problem.status === 0) return [refused.unreachable];
    if (problem.status === 429) return [refused.tooMany];
    return [problem.code === 'SALE_NOT_OPEN' ? messages.clock.opening : refused.restoring];
  }
  const items = problem.problem?.items ?? [];
  switch (problem.code) {
    case 'OUT_OF_STOCK': {
      const held = items.some((item) => (item.held ?? 0) > 0);
      const each = items.map((item) =>
        refused.outOfStockItem(names[item.productId] ?? '', item.requested ?? 0, item.available ?? 0),
      );
      return [refused.outOfStock, ...each, ...(held ? [refused.outOfStockHeld] : [])];
    }
    case 'PRICE_CHANGED': {
      const { expectedTotal = 0, total = 0, currency = '' } = problem.problem ?? {};
      return [refused.priceChanged(money(expectedTotal, currency), money(total, currency))];
    }
    case 'LIMIT_REACHED':
      return items.map((item) => refused.limitOfItem(names[item.productId] ?? '', item.limit ?? 0, item.owned ?? 0));
    case 'SALE_NOT_OPEN':
      return [problem.problem?.paused ? refused.paused : refused.notOpen];
    case 'HOLD_COOLDOWN':
      return []; // said with its countdown
    case 'SALE_CLOSED':
      return [refused.closed];
    case 'SIGN_IN_REQUIRED':
      return [messages.account.accountsOnly];
    case 'CART_EMPTY':
      return [refused.cartEmpty];
    default:
      return [refused.other];
  }
}
