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
 * every minute reconcile everything; at once and thoroughly when Redis restarted or another replica was promoted. Each is
 * scheduled by itself: whatever fails or takes its time keeps no other from running. A sweep need not wait for the repair
 * after a restart: it asks MongoDB before it gives anything back.
 */
export function schedule(shop: HoldfastProcess, workerId: string, sweepSeconds: number): ScheduledTask[] {
  const restarts = new RestartWatch(shop.redis, shop.models);
  const sweepAll = () =>
    forEachSale(shop, async (saleId) => {
      if ((await sweep(shop, saleId)).status === 'saleNotReady') await reconcile(shop, saleId, { thorough: false });
    });
  const heartbeat = async () => {
    await shop.redis.zremrangebyscore(keys.workers(), '-inf', Date.now() - LIMITS.heartbeatStaleMs * 10);
    await shop.redis.zadd(keys.workers(), Date.now(), workerId); // refused when Redis' memory is full
  };
  const watchRestarts = () =>
    restarts.look(async (done) => {
      log().warn('Redis restarted or another replica was promoted: every sale is inspected');
      await forEachSale(shop, async (saleId) => {
        if (done.has(saleId)) return; // a sale that cannot be repaired has no other read again and again
        await reconcile(shop, saleId, { thorough: true });
        done.add(saleId);
      });
      await shop.redis.bgrewriteaof().catch(() => {}); // a half transaction in the file would run at the next restart
    });
  const payments = async () => {
    for (const err of (await redo(shop)).errors) log().warn({ err }, 'a payment step failed; tried again later');
  };
  const begun = async () => {
    for (const err of (await lookAfter(shop)).errors)
      log().warn({ err }, 'a payment could not be looked up; tried again later');
  };
  const guarded = (name: string, work: () => Promise<void>) => () =>
    work().catch((err: unknown) => log().warn({ err }, `${name} failed; the next one goes on`));
  const reconcileAll = () => forEachSale(shop, (saleId) => reconcile(shop, saleId, { thorough: false }));
  const everySweep = `*/${sweepSeconds} * * * * *`;
  const each = (name: string, when: string, work: () => Promise<void>) =>
    cron.schedule(when, guarded(name, work), { noOverlap: true, name });
  return [
    each('sweep', everySweep, sweepAll),
    each('heartbeat', everySweep, heartbeat),
    each('restart watch', everySweep, watchRestarts),
    each('payments', everySweep, payments),
    each('looking after payments', '* * * * * *', begun),
    each('reconcile', '30 * * * * *', reconcileAll),
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
