'use client';

import type { ApiProblem } from '#components/api.ts';
import type { CheckoutState } from '#components/hold/use-checkout.ts';
import { messages } from '#components/messages.ts';

/** Why a checkout waits or was refused, in plain words, said aloud as it happens. */
export function Refusal({ state, names }: { state: CheckoutState; names: Record<string, string> }) {
  const lines = state.step === 'idle' || state.step === 'asking' ? [] : wordsFor(state.step, state.problem, names);
  return (
    <div role="status" className={lines.length > 0 ? 'rounded-xl bg-sunken px-4 py-3 text-sm' : 'sr-only'}>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

function wordsFor(
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
        refused.outOfStockItem(names[item.productId] ?? '', item.requested, item.available ?? 0),
      );
      return [refused.outOfStock, ...each, ...(held ? [refused.outOfStockHeld] : [])];
    }
    case 'LIMIT_REACHED':
      return items.map((item) => refused.limit(item.limit ?? 0, item.owned ?? 0));
    case 'SALE_NOT_OPEN':
      return [problem.problem?.paused ? refused.paused : refused.notOpen];
    case 'SALE_CLOSED':
      return [refused.closed];
    case 'CART_EMPTY':
      return [refused.cartEmpty];
    default:
      return [refused.other];
  }
}
