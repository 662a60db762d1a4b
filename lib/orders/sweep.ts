import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import { forEachOrder } from '#lib/orders/each.ts';
import { expire } from '#lib/orders/expire.ts';
import type { Shop } from '#lib/orders/shop.ts';

export interface Swept {
  status: 'swept' | 'saleNotReady';
  /** Orders looked at. */
  seen: number;
  /** Why orders could not be ended; each is logged. */
  errors: unknown[];
}

/**
 * Expire every hold of a sale that is past its deadline by Redis's clock. Needs no event and no timer; any number of
 * sweeps may run side by side. Ends when none is due (or those that are due cannot be ended), or after LIMITS.sweepRounds
 * rounds (the next sweep goes on).
 */
export async function sweep(shop: Shop, saleId: string): Promise<Swept> {
  let seen = 0;
  let last = '';
  const failed = new Map<string, unknown>();
  for (let round = 0; round < LIMITS.sweepRounds; round++) {
    const due = await shop.inventory.due(saleId);
    if (due.status === 'saleNotReady') return { status: 'saleNotReady', seen, errors: [...failed.values()] };
    const orderIds = due.orderIds.filter((orderId) => !failed.has(orderId));
    const these = orderIds.join();
    if (these === '' || these === last) break;
    last = these;
    const { done, errors } = await forEachOrder(orderIds, async (orderId) => {
      await expire(shop, saleId, orderId);
      crashPoint('mid_sweep');
    });
    for (const [orderId, error] of errors) failed.set(orderId, error);
    seen += done.length;
  }
  return { status: 'swept', seen, errors: [...failed.values()] };
}
