import { ApiProblem, call } from '#components/api.ts';
import { serverNow } from '#components/clock/server-clock.ts';
import { attemptKey, endAttempt } from '#components/hold/attempt-key.ts';
import { jittered } from '#components/use-api.ts';
import type { CheckoutAnswer } from '#lib/contract.ts';

/** What to check out: a cart's things of one sale, or products at once. */
export type Wish = { cartId: string; saleId: string } | { items: { productId: string; quantity: number }[] };

export type CheckoutOutcome =
  | { status: 'held'; orderId: string }
  | { status: 'refused'; problem: ApiProblem }
  | { status: 'unanswered'; problem: ApiProblem };

const GIVE_UP_MS = 30_000;
const RETRY_MS = 1_000;
const EARLY_MS = 3_000;

/**
 * Check out, and stay with it: while the shop cannot answer, the same attempt goes on under the same key. The key belongs to what
 * is wanted and not to its price: what was held at the old price, its answer lost, is found again.
 * @param expectedTotal what the page shows for all of it, in minor units
 * @param onWait called before each repeat with what stood in the way
 */
export async function checkout(
  wish: Wish,
  expectedTotal: number,
  onWait: (problem: ApiProblem) => void,
): Promise<CheckoutOutcome> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (;;) {
    const problem = await attempt(wish, expectedTotal);
    if (!(problem instanceof ApiProblem)) {
      endAttempt(wish);
      return { status: 'held', orderId: problem.orderId };
    }
    const waitMs = repeatAfterMs(problem);
    if (!problem.passing) endAttempt(wish); // decided; another try is another attempt
    if (problem.code === 'CART_ON_HOLD' && problem.problem?.orderId)
      return { status: 'held', orderId: problem.problem.orderId };
    if (waitMs === null) return { status: 'refused', problem };
    if (performance.now() + waitMs > giveUpAt) return { status: 'unanswered', problem };
    onWait(problem);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

const attempt = (wish: Wish, expectedTotal: number): Promise<CheckoutAnswer | ApiProblem> =>
  call<CheckoutAnswer>('/api/checkout', {
    method: 'POST',
    body: { ...wish, expectedTotal },
    headers: { 'idempotency-key': attemptKey(wish) },
  }).catch((problem: unknown) => {
    if (problem instanceof ApiProblem) return problem;
    throw problem;
  });

/** How long to wait before asking again, or null when the answer is final. */
function repeatAfterMs(problem: ApiProblem): number | null {
  if (problem.passing) return jittered(problem.retryAfterMs ?? RETRY_MS);
  switch (problem.code) {
    case 'SALE_NOT_OPEN': {
      const opensAt = problem.problem?.opensAt; // a click a moment before the opening waits for it
      const early = opensAt && !problem.problem?.paused ? Date.parse(opensAt) - serverNow() : Number.POSITIVE_INFINITY;
      return early < EARLY_MS ? Math.max(0, early) + Math.random() * 200 : null;
    }
    case 'IDEMPOTENCY_KEY_REUSED':
    case 'ORDER_EXPIRED':
    case 'ORDER_CANCELLED':
      return 0; // the remembered key belongs to an attempt that is over
    default:
      return null;
  }
}
