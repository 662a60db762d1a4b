import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';
import { type RunningRedis, startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';
import { until } from '#tests/support/until.ts';
import { closeWorld, world } from '#tests/support/world.ts';
import { listenForExpired } from '#worker/on-expired.ts';

const EVENTS = 10_000;

/** One in which nobody else's timers end. */
let redis: RunningRedis;

beforeAll(async () => {
  redis = await startRedis({ dir: serviceFolder('events') });
  process.env.REDIS_URL = redis.url;
});
afterAll(async () => {
  await closeWorld();
  await redis.kill9();
  removeFolder(redis.dir);
});

test('10,000 timers that end together are looked at a few at a time, and those beyond a line of a thousand not at all', async () => {
  const shop = await world();
  const saleId = `together-${randomUUID().slice(0, 8)}`;
  let looks = 0;
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const inventory = { ...shop.inventory };
  inventory.readHold = async (sale, orderId) => {
    if (sale === saleId) looks += 1;
    await gate;
    return shop.inventory.readHold(sale, orderId);
  };
  const heard = vi.spyOn(Redis.prototype, 'emit');
  const worker = { ...shop, inventory, close: async () => {} };
  await listenForExpired(worker);

  const channel = `__keyevent@${shop.redis.options.db ?? 0}__:expired`;
  const events = shop.redis.pipeline();
  for (let i = 0; i < EVENTS; i++) events.publish(channel, keys.timer(saleId, randomUUID()));
  await events.exec();
  const ours = () =>
    heard.mock.calls.filter(([name, , key]) => name === 'message' && String(key).includes(saleId)).length;
  await until(() => ours() === EVENTS, { what: 'it has heard them all' });
  expect(looks, 'nothing is answered yet').toBe(LIMITS.expireConcurrency);
  open();
  const all = LIMITS.expireConcurrency + LIMITS.expiredWaiting;
  await until(() => looks >= all, { what: 'those in line had their turn' });
  expect(looks).toBe(all);
  await shop.redis.publish(channel, keys.timer(saleId, randomUUID()));
  await until(() => looks === all + 1, { what: 'a later one is looked at again' });
  heard.mockRestore();
  await worker.close();
});
