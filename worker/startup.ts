import { log } from '#lib/log.ts';
import { redo } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { forEachSale } from '#worker/schedule.ts';

/**
 * What a starting worker finds may be any age: look at every token, expire what is overdue, and do interrupted payments
 * again, before anybody relies on the next sweep.
 */
export async function startUp(shop: HoldfastProcess): Promise<void> {
  await forEachSale(shop, async (saleId) => {
    const found = await reconcile(shop, saleId, { thorough: true });
    const { committed, restored, expired, released, rebuilt, unsound, alarms } = found;
    if (alarms.length > 0) log().error({ saleId, alarms: alarms.slice(0, 20) }, 'sold tokens without a PAID order');
    if (rebuilt || committed + restored + expired + released > 0)
      log().info({ saleId, rebuilt, unsound, committed, restored, expired, released }, 'repaired');
  });
  await redo(shop);
}
