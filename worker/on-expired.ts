import pLimit from 'p-limit';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { expire } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { connectSubscriber } from '#lib/redis/connect.ts';
import { keys, parseChangesChannel, parseTimerKey } from '#lib/redis/keys.ts';
import { DeadlineWatch } from '#worker/deadline-watch.ts';

/**
 * Hear Redis say that a timer has expired, and look at that order at once instead of at the next sweep. An event is a hint:
 * it may come late, twice, to every worker, for somebody else's key, or never. So that it does not come late, the next
 * deadline is watched of every sale in which something changes. Where thousands of holds end at once, a few are looked at at a
 * time, and what would wait too long in line is dropped: a sweep takes them in their order.
 */
export async function listenForExpired(shop: HoldfastProcess): Promise<void> {
  const database = shop.redis.options.db ?? 0;
  const subscriber = connectSubscriber(shop.env.REDIS_URL, 'holdfast-expired');
  const limit = pLimit(LIMITS.expireConcurrency);
  subscriber.on('message', (_, key: string) => {
    const timer = parseTimerKey(key);
    if (!timer || limit.pendingCount >= LIMITS.expiredWaiting) return;
    limit(() => expire(shop, timer.sale, timer.order)).catch((err: unknown) =>
      log().debug({ err }, 'left to the next sweep'),
    );
  });
  const deadlines = new DeadlineWatch(shop);
  subscriber.on('pmessage', (_, channel: string) => {
    const saleId = parseChangesChannel(channel);
    if (saleId) deadlines.watch(saleId);
  });
  await subscriber.subscribe(`__keyevent@${database}__:expired`);
  await subscriber.psubscribe(keys.changes('*'));
  for (const saleId of await shop.truth.saleIds()) deadlines.watch(saleId);
  const close = shop.close;
  shop.close = async () => {
    deadlines.close();
    limit.clearQueue();
    subscriber.disconnect();
    await close();
  };
}
