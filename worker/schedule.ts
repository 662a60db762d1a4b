import cron, { type ScheduledTask } from 'node-cron';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { sweep } from '#lib/orders/index.ts';
import { lookAfter, redo } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { RestartWatch } from '#worker/restart-watch.ts';

/**
 * The safety net: every few seconds sweep every sale and repair one that is not ready, and do interrupted payments again;
 * every minute reconcile everything; at once and thoroughly when Redis restarted or another replica was promoted.
 */
export function schedule(shop: HoldfastProcess, workerId: string, sweepSeconds: number): ScheduledTask[] {
  const restarts = new RestartWatch(shop.redis, shop.models);
  const sweepAll = async () => {
    await shop.redis.zadd(keys.workers(), Date.now(), workerId);
    await shop.redis.zremrangebyscore(keys.workers(), '-inf', Date.now() - LIMITS.heartbeatStaleMs * 10);
    await restarts.look(async () => {
      log().warn('Redis restarted or another replica was promoted: every sale is inspected');
      await forEachSale(shop, (saleId) => reconcile(shop, saleId, { thorough: true }));
      await shop.redis.bgrewriteaof().catch(() => {}); // a half transaction in the file would run at the next restart
    });
    await forEachSale(shop, async (saleId) => {
      if ((await sweep(shop, saleId)).status === 'saleNotReady') await reconcile(shop, saleId, { thorough: false });
    });
  };
  const payments = async () => {
    for (const err of (await redo(shop)).errors) log().warn({ err }, 'a payment step failed; tried again later');
  };
  const begun = async () => {
    for (const err of (await lookAfter(shop)).errors)
      log().warn({ err }, 'a payment could not be looked up; tried again later');
  };
  const guarded = (name: string, work: () => Promise<void>) => () =>
    work().catch((err: unknown) => log().warn({ err }, `${name} failed; the next one goes on`));
  // Each at its own pace: a provider that takes its time keeps no unit waiting.
  return [
    cron.schedule(`*/${sweepSeconds} * * * * *`, guarded('sweep', sweepAll), { noOverlap: true, name: 'sweep' }),
    cron.schedule(`*/${sweepSeconds} * * * * *`, guarded('payments', payments), { noOverlap: true, name: 'payments' }),
    cron.schedule('* * * * * *', guarded('looking after payments', begun), { noOverlap: true, name: 'begun payments' }),
    cron.schedule(
      '30 * * * * *',
      guarded('reconcile', () => forEachSale(shop, (saleId) => reconcile(shop, saleId, { thorough: false }))),
      { noOverlap: true, name: 'reconcile' },
    ),
  ];
}

/** One sale's trouble does not keep the others waiting. */
export async function forEachSale(shop: HoldfastProcess, work: (saleId: string) => Promise<unknown>): Promise<void> {
  const saleIds = await shop.truth.saleIds();
  const errors: unknown[] = [];
  for (let at = 0; at < saleIds.length; at += LIMITS.salesAtOnce) {
    await Promise.all(
      saleIds
        .slice(at, at + LIMITS.salesAtOnce)
        .map((saleId) => work(saleId).catch((error: unknown) => void errors.push(error))),
    );
  }
  if (errors.length > 0) throw errors[0];
}
