import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import type { Order } from '#lib/orders/order.ts';

/**
 * Do the same for many orders, a few at a time. One that fails keeps none of the others waiting: it is logged, and left to
 * whoever comes next. Ends early when a whole batch has failed: then it is not the orders, somebody cannot be asked.
 * @returns what came of those that succeeded, and why the others failed
 */
export async function forEachOrder<T extends string | Order, R>(
  orders: readonly T[],
  work: (order: T) => Promise<R>,
): Promise<{ done: R[]; errors: Map<T, unknown> }> {
  const done: R[] = [];
  const errors = new Map<T, unknown>();
  for (let at = 0; at < orders.length; at += LIMITS.expireConcurrency) {
    const batch = orders.slice(at, at + LIMITS.expireConcurrency);
    const before = done.length;
    for (const [i, outcome] of (await Promise.allSettled(batch.map(work))).entries()) {
      if (outcome.status === 'fulfilled') done.push(outcome.value);
      else errors.set(batch[i]!, outcome.reason);
    }
    if (done.length === before) break;
  }
  for (const [order, err] of errors)
    log().warn({ err, orderId: typeof order === 'string' ? order : order.orderId }, 'left to the next round');
  return { done, errors };
}
