import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import { expire } from '#lib/orders/expire.ts';
import type { Shop } from '#lib/orders/shop.ts';

export interface Swept {
  status: 'swept' | 'saleNotReady';
  /** Orders looked at. */
  seen: number;
}

/**
 * Expire every hold of a sale that is past its deadline by Redis's clock. Needs no event and no timer; any number of
 * sweeps may run side by side. Ends when none is due (or those that are due
 * cannot be ended), or after LIMITS.sweepRounds rounds (the next sweep goes on).
 */
export async function sweep(shop: Shop, saleId: string): Promise<Swept> {
  let seen = 0;
  let last = '';
  for (let round = 0; round < LIMITS.sweepRounds; round++) {
    const due = await shop.inventory.due(saleId);
    if (due.status === 'saleNotReady') return { status: 'saleNotReady', seen };
    const these = due.orderIds.join();
    if (these === '' || these === last) break;
    last = these;
    for (let at = 0; at < due.orderIds.length; at += LIMITS.expireConcurrency) {
      await Promise.all(
        due.orderIds.slice(at, at + LIMITS.expireConcurrency).map((orderId) => expire(shop, saleId, orderId)),
      );
      crashPoint('mid_sweep');
    }
    seen += due.orderIds.length;
  }
  return { status: 'swept', seen };
}
