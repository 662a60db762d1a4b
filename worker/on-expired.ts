import { log } from '#lib/log.ts';
import { expire } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { connectSubscriber } from '#lib/redis/connect.ts';
import { parseTimerKey } from '#lib/redis/keys.ts';

/**
 * Hear Redis say that a timer has expired, and look at that order at once instead of at the next sweep. An event is a hint:
 * it may come late, twice, to every worker, for somebody else's key, or never.
 */
export async function listenForExpired(shop: HoldfastProcess): Promise<void> {
  const database = shop.redis.options.db ?? 0;
  const subscriber = connectSubscriber(shop.env.REDIS_URL, 'holdfast-expired');
  subscriber.on('message', (_, key: string) => {
    const timer = parseTimerKey(key);
    if (!timer) return;
    expire(shop, timer.sale, timer.order).catch((err: unknown) => log().debug({ err }, 'left to the next sweep'));
  });
  await subscriber.subscribe(`__keyevent@${database}__:expired`);
  const close = shop.close;
  shop.close = async () => {
    subscriber.disconnect();
    await close();
  };
}
