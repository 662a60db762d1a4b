import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { checkout } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { checkoutRequest, type FreshSale, freshSale, world } from '#tests/support/world.ts';

const PAID = 2_000;

/** A sale of which 2,000 units were sold a while ago, in Redis and in MongoDB, and three are left. */
async function soldLongAgo(shop: HoldfastProcess): Promise<FreshSale> {
  const sale = await freshSale(shop, { units: [PAID + 3] });
  const [productId] = sale.productIds as [string];
  const long = new Date(Date.now() - 60 * 60_000);
  await shop.models.orders.collection.insertMany(
    Array.from({ length: PAID }, (_, i) => ({
      _id: randomUUID() as never,
      customer: `guest-${i}`,
      sale: sale.saleId,
      items: [{ product: productId, name: 'Product', price: 1, quantity: 1, tokens: [`${productId}-${i + 1}`] }],
      tokens: [`${productId}-${i + 1}`],
      total: 1,
      currency: 'EUR',
      status: 'PAID',
      payment: `pay-${randomUUID()}`,
      captured: true,
      extensions: [],
      ...{ createdAt: long, deadline: long, paidAt: long },
    })),
  );
  await shop.inventory.close(sale.saleId);
  expect(await reconcile(shop, sale.saleId, { thorough: false })).toMatchObject({ rebuilt: true });
  return sale;
}

/** What MongoDB looks at, and hands out, of the orders while something is done. */
async function ordersRead(shop: HoldfastProcess, work: () => Promise<unknown>) {
  const db = shop.mongo.db!;
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const profile = await db
    .collection('system.profile')
    .find({ ns: `${db.databaseName}.orders` })
    .toArray();
  await db.dropCollection('system.profile');
  const sum = (field: string) => profile.reduce((all, entry) => all + Number(entry[field] ?? 0), 0);
  return { examined: sum('docsExamined'), returned: sum('nreturned'), calls: profile.length };
}

test('what a reconcile reads each minute does not grow with what was ever sold; what Redis lost of it is found all the same', async () => {
  const shop = await world();
  const sale = await soldLongAgo(shop);
  const [productId] = sale.productIds as [string];
  const minutely = () => reconcile(shop, sale.saleId, { thorough: false });
  const nothing = { rebuilt: false, unsound: [], committed: 0, restored: 0, expired: 0, released: 0, errors: [] };
  const owners = vi.spyOn(shop.inventory, 'ownersOf');

  expect(await minutely()).toMatchObject(nothing); // the first of a process counts what was paid before it
  const quiet = await ordersRead(shop, minutely);
  expect(quiet.calls).toBeGreaterThan(0);
  expect(quiet.examined).toBeLessThan(10);
  expect(quiet.returned).toBeLessThan(10);
  expect(owners, 'nor is Redis asked whose the units are').not.toHaveBeenCalled();

  // Paid just now, and whoever should have committed it has stopped.
  const outcome = await checkout(shop, checkoutRequest(sale));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  await shop.orders.pay(outcome.order.orderId, 'pay-now', outcome.nowMs);
  await shop.redis.del(keys.hold(sale.saleId, outcome.order.orderId));
  await shop.redis.zrem(keys.deadlines(sale.saleId), outcome.order.orderId);
  const interrupted = await ordersRead(shop, async () => expect(await minutely()).toMatchObject({ committed: 1 }));
  expect(interrupted.examined).toBeLessThan(20);
  owners.mockClear();

  // A sale of long ago of which Redis knows nothing any more, though its units add up.
  await shop.redis.hdel(keys.sold(sale.saleId, productId), `${productId}-17`);
  await shop.redis.rpush(keys.stock(sale.saleId, productId), `${productId}-17`);
  expect(await minutely()).toMatchObject({ ...nothing, committed: 1 });
  expect(await shop.redis.llen(keys.stock(sale.saleId, productId))).toBe(2);
  owners.mockClear();
  expect(await minutely()).toMatchObject(nothing);
  expect(owners, 'and then it is calm again, but for what was paid lately').toHaveBeenCalledTimes(1);
  owners.mockRestore();
});

test('what was paid is counted once, and again when Redis’s clock went back', async () => {
  const shop = await world();
  const sale = await soldLongAgo(shop);
  const [productId] = sale.productIds as [string];
  const count = (nowMs: number) => shop.truth.paidUnits(sale.saleId, nowMs);
  const now = Date.now();
  for (const nowMs of [now, now + 1, now + 10 * LIMITS.paidLatelyMs, now - 2 * 60 * 60_000, now])
    expect(await count(nowMs)).toEqual({ [productId]: PAID });
});

test('a mint that Redis refuses keeps no order waiting', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const outcome = await checkout(shop, checkoutRequest(sale));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  await shop.orders.pay(outcome.order.orderId, `pay-${outcome.order.orderId}`, outcome.nowMs);
  await shop.models.products.updateOne({ _id: sale.productIds[0] }, { $inc: { minted: 1 } });
  const mint = () => Promise.reject(new Error('OOM command not allowed'));
  const refusing = { ...shop, inventory: { ...shop.inventory, mint } };
  const found = await reconcile(refusing, sale.saleId, { thorough: false });
  expect(found).toMatchObject({ committed: 1, rebuilt: false });
  expect(found.errors).toHaveLength(1);
  expect((await reconcile(shop, sale.saleId, { thorough: false })).errors).toEqual([]);
  expect(
    await shop.inventory.inspect(sale.saleId, sale.productIds[0]!, { close: false, thorough: true }),
  ).toMatchObject({
    status: 'sound',
    ...{ free: 2, sold: 1, minted: 3 },
  });
});
