import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { type RunningRedis, startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';
import { until } from '#tests/support/until.ts';
import { checkoutRequest, closeWorld, type FreshSale, freshSale, world } from '#tests/support/world.ts';

let dir: string;
let redis: RunningRedis;
let shop: HoldfastProcess;

beforeAll(async () => {
  dir = serviceFolder('damaged');
  redis = await startRedis({ dir });
  process.env.REDIS_URL = redis.url;
  shop = await world();
});
afterAll(async () => {
  await closeWorld();
  await redis?.kill9();
  removeFolder(dir);
});

/** What an ailing disk does: some bytes in the middle of the append-only file are others. */
function damage(): void {
  const folder = join(dir, 'appendonlydir');
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.incr.aof'))!);
  const to = openSync(file, 'r+');
  writeSync(to, Buffer.alloc(300, 0xff), 0, 300, Math.floor(statSync(file).size / 2));
  closeSync(to);
}

async function reserved(sale: FreshSale) {
  const outcome = await checkout(shop, checkoutRequest(sale));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  return outcome;
}

test('the middle of Redis’s file is damaged: Redis refuses to start, the shop sells nothing; started empty, every order has its units again', async () => {
  const sale = await freshSale(shop, { units: [40], holdSeconds: 600 });
  const [productId] = sale.productIds as [string];
  const held: string[] = [];
  const paid: string[] = [];
  for (let i = 0; i < 20; i++) {
    const { order, nowMs } = await reserved(sale);
    if (i % 2 === 0) await shop.orders.pay(order.orderId, `pay-${i}`, nowMs);
    (i % 2 === 0 ? paid : held).push(...order.items[0]!.tokens);
  }
  await redis.kill9();
  damage();
  await expect(redis.restart()).rejects.toThrow();
  const refused = await checkout(shop, checkoutRequest(sale)).catch((error: unknown) => error);
  expect(isUnavailable(refused), String(refused)).toBe(true);

  rmSync(join(dir, 'appendonlydir'), { recursive: true });
  await redis.restart();
  await until(() => shop.redis.ping(), { what: 'the shop has found it' });
  expect(await checkout(shop, checkoutRequest(sale)), 'not before it is whole').toEqual({ status: 'saleNotReady' });
  await until(async () => (await reconcile(shop, sale.saleId, { thorough: true })).errors.length === 0, {
    what: 'the sale is rebuilt',
  });
  expect(await shop.inventory.inspect(sale.saleId, productId, { close: false, thorough: true })).toEqual({
    status: 'sound',
    ...{ free: 20, held: 10, sold: 10, minted: 40 },
  });
  expect((await shop.redis.hkeys(keys.sold(sale.saleId, productId))).sort()).toEqual(paid.sort());
  expect((await shop.redis.hkeys(keys.held(sale.saleId, productId))).sort()).toEqual(held.sort());
  expect((await reserved(sale)).order.items[0]!.tokens).toHaveLength(1);
});
