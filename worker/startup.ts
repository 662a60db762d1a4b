import { log } from '#lib/log.ts';
import { redo } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { type Reconciled, reconcile } from '#lib/reconcile/index.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { forEachSale } from '#worker/schedule.ts';

/**
 * What a starting worker finds may be any age: look at every token, expire what is overdue, and do interrupted payments
 * again, before anybody relies on the next sweep. A sale that cannot be repaired keeps no worker from the others.
 */
export async function startUp(shop: HoldfastProcess): Promise<void> {
  await forEachSale(shop, async (saleId) => {
    const found = await reconcile(shop, saleId, { thorough: true }).catch((err: unknown): Reconciled | undefined => {
      if (isUnavailable(err)) throw err;
      log().error({ err, saleId }, 'this sale cannot be repaired');
      return undefined;
    });
    if (!found) return;
    const { committed, restored, expired, released, rebuilt, unsound, alarms } = found;
    if (alarms.length > 0) log().error({ saleId, alarms: alarms.slice(0, 20) }, 'sold tokens without a PAID order');
    if (rebuilt || committed + restored + expired + released > 0)
      log().info({ saleId, rebuilt, unsound, committed, restored, expired, released }, 'repaired');
  });
  await redo(shop);
}
