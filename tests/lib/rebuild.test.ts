import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { commit } from '#lib/inventory/index.ts';
import { checkout, toLiveOrder } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { rebuildSale } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { extent } from '#tests/support/extent.ts';
import { until } from '#tests/support/until.ts';
import {
  checkoutRequest,
  type FreshSale,
  freshSale,
  reserveRequest,
  saleSettings,
  world,
} from '#tests/support/world.ts';

const UNITS = extent({ sample: 20_000, whole: 100_000 });

/** A sale with holds and sold units, as MongoDB knows it. */
async function soldAndHeld(shop: HoldfastProcess, units: number): Promise<FreshSale> {
  const sale = await freshSale(shop, { units: [units], holdSeconds: 600 });
  for (let i = 0; i < 40; i++) {
    const outcome = await checkout(shop, checkoutRequest(sale, { quantities: [5], price: 100 }));
    if (outcome.status !== 'reserved') throw new Error(outcome.status);
    if (i % 2 === 0) continue;
    const { orderId } = outcome.order;
    await shop.orders.pay(orderId, `pay-${orderId}`, outcome.nowMs);
    const paid = (await shop.orders.find(orderId))!;
    await commit(shop.inventory, sale.saleId, toLiveOrder({ ...paid, status: 'PAID' }));
  }
  return sale;
}

const forget = (shop: HoldfastProcess, { saleId, productIds }: FreshSale) =>
  shop.redis.del(
    keys.sale(saleId),
    keys.deadlines(saleId),
    ...productIds.flatMap((p) => [
      keys.stock(saleId, p),
      keys.held(saleId, p),
      keys.sold(saleId, p),
      keys.limit(saleId, p),
    ]),
  );

const sound = (shop: HoldfastProcess, { saleId, productIds }: FreshSale) =>
  shop.inventory.inspect(saleId, productIds[0]!, { close: false, thorough: true });

function rebuilder(saleId: string) {
  const child = spawn(process.execPath, ['tests/support/rebuild-process.ts', saleId], {
    env: process.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { kill: () => child.kill('SIGKILL'), output: () => output, exit };
}

test(`${UNITS} units are rebuilt from MongoDB in chunks: held, sold and free as before`, async () => {
  const shop = await world();
  const sale = await soldAndHeld(shop, UNITS);
  const before = await sound(shop, sale);
  expect(before).toEqual({ status: 'sound', free: UNITS - 200, held: 100, sold: 100, minted: UNITS });
  const limits = await shop.redis.hgetall(keys.limit(sale.saleId, sale.productIds[0]!));
  await forget(shop, sale);
  expect(await shop.inventory.reserve(reserveRequest(sale))).toMatchObject({ status: 'saleNotReady' });
  expect(await rebuildSale(shop, sale.saleId)).toBe('ready');
  expect(await sound(shop, sale)).toEqual(before);
  expect(await shop.redis.hgetall(keys.limit(sale.saleId, sale.productIds[0]!))).toEqual(limits);
  expect(await shop.redis.hget(keys.sale(sale.saleId), 'epoch')).toBe('2');
  expect(await rebuildSale(shop, sale.saleId)).toBe('alreadyReady');
});

test('two rebuilders at once, the one at work killed: the other finishes, nothing is doubled or lost', async () => {
  const shop = await world();
  const sale = await soldAndHeld(shop, UNITS);
  const before = await sound(shop, sale);
  await forget(shop, sale);
  const first = rebuilder(sale.saleId);
  const fence = await until(() => shop.redis.get(keys.rebuild(sale.saleId)), { what: 'somebody rebuilds', everyMs: 1 });
  await until(async () => (await shop.redis.llen(`${keys.stock(sale.saleId, sale.productIds[0]!)}:${fence}`)) > 0, {
    what: 'the rebuild is in the middle',
    everyMs: 1,
  });
  first.kill();
  const second = rebuilder(sale.saleId);
  await Promise.all([first.exit, second.exit]);
  expect(first.output()).not.toContain('ready');
  expect(second.output()).toContain('ready');
  expect(await sound(shop, sale)).toEqual(before);
  expect(await shop.redis.ttl(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(-1);
  expect(await shop.redis.ttl(`${keys.stock(sale.saleId, sale.productIds[0]!)}:${fence}`)).toBeGreaterThan(0);
}, 120_000);

test('a rebuilder that lost its fence is refused at its next step', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [100] });
  const [p] = sale.productIds as [string];
  const placed = await checkout(shop, checkoutRequest(sale));
  if (placed.status !== 'reserved') throw new Error(placed.status);
  const order = toLiveOrder({ ...placed.order, status: 'RESERVED' });
  await forget(shop, sale);
  expect(await shop.inventory.rebuildStart(sale.saleId, 'stale')).toBe(true);
  await shop.redis.del(keys.rebuild(sale.saleId)); // its lease ran out
  expect(await shop.inventory.rebuildStart(sale.saleId, 'fresh')).toBe(true);
  expect(await shop.inventory.rebuildStock(sale.saleId, 'stale', p, 1, 100)).toBe('fenced');
  expect(await shop.inventory.rebuildClear(sale.saleId, 'stale')).toMatchObject({ step: 'fenced' });
  expect(await shop.inventory.rebuildOrder(sale.saleId, 'stale', order)).toBe('fenced');
  expect(await shop.inventory.rebuildFinish(sale.saleId, 'stale', saleSettings(), { [p]: 100 }, 9)).toBe('fenced');
  expect(await shop.redis.exists(keys.sale(sale.saleId))).toBe(0);
});

test('taking the fence twice, the first reply lost, is having it; another rebuilder is refused', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  await forget(shop, sale);
  expect(await shop.inventory.rebuildStart(sale.saleId, 'r')).toBe(true);
  expect(await shop.inventory.rebuildStart(sale.saleId, 'r')).toBe(true);
  expect(await shop.inventory.rebuildStart(sale.saleId, 'other')).toBe(false);
});

test('a chunk that is sent twice, its first reply lost, pushes its units once', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [10] });
  const [p] = sale.productIds as [string];
  await forget(shop, sale);
  await shop.inventory.rebuildStart(sale.saleId, 'r');
  expect(await shop.inventory.rebuildStock(sale.saleId, 'r', p, 1, 10)).toBe('done');
  expect(await shop.inventory.rebuildStock(sale.saleId, 'r', p, 1, 10)).toBe('done');
  expect(await shop.redis.llen(`${keys.stock(sale.saleId, p)}:r`)).toBe(10);
});

test('a rebuild whose earlier steps Redis has lost does not open the sale; the next one does', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [10] });
  const [p] = sale.productIds as [string];
  await forget(shop, sale);
  await shop.inventory.rebuildStart(sale.saleId, 'r');
  await shop.inventory.rebuildStock(sale.saleId, 'r', p, 1, 10);
  await shop.redis.rpop(`${keys.stock(sale.saleId, p)}:r`); // the tail of the append-only file is gone, the fence is not
  expect(await shop.inventory.rebuildFinish(sale.saleId, 'r', saleSettings(), { [p]: 10 }, 2)).toBe('incomplete');
  expect(await shop.redis.exists(keys.sale(sale.saleId), keys.rebuild(sale.saleId))).toBe(0);
  expect(await rebuildSale(shop, sale.saleId)).toBe('ready');
  expect(await sound(shop, sale)).toMatchObject({ status: 'sound', free: 10 });
});
