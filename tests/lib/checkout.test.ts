import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { audit, auditSale } from '#lib/audit/index.ts';
import { release } from '#lib/inventory/index.ts';
import { cancel, checkout, expire, extend, follow, type Order, restore, sweep } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { rebuildSale, reconcile } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { checkoutRequest, type FreshSale, freshSale, world } from '#tests/support/world.ts';

async function reserved(
  shop: HoldfastProcess,
  sale: FreshSale,
  options: Parameters<typeof checkoutRequest>[1] = {},
): Promise<Order> {
  const outcome = await checkout(shop, checkoutRequest(sale, options));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  return outcome.order;
}

/** The order's deadline has passed: in Redis, and in MongoDB. */
async function makeOverdue(shop: HoldfastProcess, { orderId, saleId }: Order): Promise<void> {
  await shop.redis.del(keys.timer(saleId, orderId));
  await shop.redis.hset(keys.hold(saleId, orderId), 'deadlineMs', 1);
  await shop.redis.zadd(keys.deadlines(saleId), 1, orderId);
  await shop.models.orders.updateOne({ _id: orderId }, { $set: { deadline: new Date(1) } });
}

const free = async (shop: HoldfastProcess, { saleId, productIds }: FreshSale) =>
  shop.redis.llen(keys.stock(saleId, productIds[0]!));

/** Redis is back as it was before these orders: all `units` of the first product look free, in their order. */
async function forget(shop: HoldfastProcess, sale: FreshSale, orders: Order[], units: number): Promise<void> {
  const [p] = sale.productIds as [string];
  for (const { orderId } of orders) await release(shop.inventory, sale.saleId, orderId);
  await shop.redis.del(keys.stock(sale.saleId, p));
  await shop.redis.rpush(keys.stock(sale.saleId, p), ...Array.from({ length: units }, (_, i) => `${p}-${i + 1}`));
}

test('an overdue order is cancelled, its units come back, and expiring it again changes nothing', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const order = await reserved(shop, sale, { quantities: [2] });
  expect(await expire(shop, sale.saleId, order.orderId)).toMatchObject({ status: 'notDue' });
  await makeOverdue(shop, order);
  expect(await sweep(shop, sale.saleId)).toEqual({ status: 'swept', seen: 1, errors: [] });
  expect(await expire(shop, sale.saleId, order.orderId)).toMatchObject({
    status: 'expired',
    order: { status: 'CANCELLED', reason: 'EXPIRED' },
  });
  expect(await free(shop, sale)).toBe(2);
});

test('a timer that is gone does not expire an order whose deadline is ahead', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const order = await reserved(shop, sale);
  await shop.redis.del(keys.timer(sale.saleId, order.orderId));
  expect(await expire(shop, sale.saleId, order.orderId)).toMatchObject({ status: 'notDue' });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED' });
});

test('an extension that only MongoDB remembers keeps the order: the timer is armed again', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const order = await reserved(shop, sale);
  await makeOverdue(shop, order);
  await shop.orders.extend(order.orderId, Date.now() + 60_000, 'asked');
  expect(await expire(shop, sale.saleId, order.orderId)).toMatchObject({ status: 'notDue' });
  expect(await shop.redis.exists(keys.timer(sale.saleId, order.orderId))).toBe(1);
  expect(await free(shop, sale)).toBe(1);
});

test('a hold without an order leaves a tombstone when it expires, and the late insert is refused', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const insert = shop.orders.insertReserved;
  let late: Order | undefined;
  const crashed = {
    ...shop,
    orders: {
      ...shop.orders,
      insertReserved: async (order: Order) => {
        late = order;
        throw new Error('paused here');
      },
    },
  };
  await expect(checkout(crashed, checkoutRequest(sale))).rejects.toThrow('paused here');
  await shop.redis.del(keys.timer(sale.saleId, late!.orderId));
  await shop.redis.hset(keys.hold(sale.saleId, late!.orderId), 'deadlineMs', 1);
  expect(await expire(shop, sale.saleId, late!.orderId)).toMatchObject({ status: 'expired' });
  expect(await free(shop, sale)).toBe(1);
  expect(await insert(late!)).toMatchObject({ status: 'exists', order: { status: 'CANCELLED', reason: 'EXPIRED' } });
});

test('a checkout that meets its tombstone before anybody has given its unit back gives it back itself', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const insertReserved = async (order: Order) => {
    const { saleId, customer } = order;
    await shop.orders.cancel(order.orderId, 'EXPIRED', Date.now(), { tombstone: { saleId, customer } });
    return shop.orders.insertReserved(order);
  };
  const late = { ...shop, orders: { ...shop.orders, insertReserved } };
  expect(await checkout(late, checkoutRequest(sale))).toMatchObject({ status: 'orderExpired' });
  expect(await free(shop, sale)).toBe(1);
});

test('a repeat that is quicker to write the order does not take it from the checkout that won the hold', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const request = checkoutRequest(sale, { key: 'quick' });
  const repeats: unknown[] = [];
  const insertReserved = async (order: Order) => {
    repeats.push(await checkout(shop, request));
    return shop.orders.insertReserved(order);
  };
  const slow = { ...shop, orders: { ...shop.orders, insertReserved } };
  const won = await checkout(slow, request);
  if (won.status !== 'reserved') throw new Error(won.status);
  expect(repeats).toMatchObject([{ status: 'alreadyHeld', order: { orderId: won.order.orderId } }]);
});

test('an order that ends while its units are put back keeps none of them', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  const late: typeof shop.inventory.restore = async (...units) => {
    await cancel(shop, order, 'SHOPPER');
    return shop.inventory.restore(...units);
  };
  await restore({ ...shop, inventory: { ...shop.inventory, restore: late } }, order);
  expect(await free(shop, sale)).toBe(1);
});

test('a hold whose order is still on its way is kept until its deadline, though its timer is gone', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const insertReserved = async (order: Order) => {
    await shop.redis.del(keys.timer(sale.saleId, order.orderId));
    expect(await expire(shop, sale.saleId, order.orderId)).toMatchObject({ status: 'notDue' });
    return shop.orders.insertReserved(order);
  };
  const slow = { ...shop, orders: { ...shop.orders, insertReserved } };
  expect(await checkout(slow, checkoutRequest(sale))).toMatchObject({ status: 'reserved' });
});

test('an expiry hint for an order that nobody knows writes nothing', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  const orderId = randomUUID();
  expect(await expire(shop, sale.saleId, orderId)).toEqual({ status: 'unknown' });
  expect(await shop.orders.find(orderId)).toBeUndefined();
});

test('a checkout that crashed between Redis and MongoDB is carried on by its retry, with the same order', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = checkoutRequest(sale, { key: 'retry', quantities: [2] });
  let lost = '';
  const crashing = {
    ...shop,
    orders: {
      ...shop.orders,
      insertReserved: async (order: Order) => {
        lost = order.orderId;
        throw new Error('crash');
      },
    },
  };
  await expect(checkout(crashing, request)).rejects.toThrow('crash');
  expect(await checkout(shop, request)).toMatchObject({
    status: 'alreadyHeld',
    order: { orderId: lost, total: 2_000 },
  });
  expect(await free(shop, sale)).toBe(1);
});

test('Redis forgets everything: the owner keeps its unit, the newcomer gets another', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const [p] = sale.productIds as [string];
  const reservedOrder = await reserved(shop, sale);
  const paidOrder = await reserved(shop, sale);
  await shop.orders.pay(paidOrder.orderId, `pay-${paidOrder.orderId}`, Date.now());
  await forget(shop, sale, [reservedOrder, paidOrder], 3);
  const outcome = await checkout(shop, checkoutRequest(sale));
  expect(outcome).toMatchObject({ status: 'reserved', order: { items: [{ tokens: [`${p}-3`] }] } });
  expect(await shop.redis.hgetall(keys.held(sale.saleId, p))).toMatchObject({ [`${p}-1`]: reservedOrder.orderId });
  expect(await shop.redis.hgetall(keys.sold(sale.saleId, p))).toEqual({ [`${p}-2`]: paidOrder.orderId });
});

test('what a checkout held beside a forgotten unit is free again at once', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [4] });
  const [p] = sale.productIds as [string];
  const owner = await reserved(shop, sale);
  await forget(shop, sale, [owner], 4);
  expect(await checkout(shop, checkoutRequest(sale, { quantities: [2] }))).toMatchObject({ status: 'reserved' });
  const holders = Object.values(await shop.redis.hgetall(keys.held(sale.saleId, p)));
  expect(holders.filter((orderId) => orderId === owner.orderId)).toHaveLength(1);
  expect([holders.length, await free(shop, sale)]).toEqual([3, 1]);
});

test('after three conflicts a checkout asks its shopper to come back, and each forgotten unit has its owner again', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [5] });
  const [p] = sale.productIds as [string];
  const owners = [await reserved(shop, sale), await reserved(shop, sale), await reserved(shop, sale)];
  owners.push(await reserved(shop, sale));
  await forget(shop, sale, owners, 5);
  expect(await checkout(shop, checkoutRequest(sale))).toEqual({ status: 'saleNotReady' });
  const given = Object.fromEntries(owners.slice(0, 3).map(({ orderId }, index) => [`${p}-${index + 1}`, orderId]));
  expect(await shop.redis.hgetall(keys.held(sale.saleId, p))).toEqual(given);
  expect(await free(shop, sale)).toBe(2);
  expect(await checkout(shop, checkoutRequest(sale))).toMatchObject({
    status: 'reserved',
    order: { items: [{ tokens: [`${p}-5`] }] },
  });
});

test('a record of a cart or a key whose order never was is no hold: the cart is checked out, the key is over', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const { saleId } = sale;
  const [cartId, key] = [randomUUID(), randomUUID()];
  const orders = [checkoutRequest(sale, { cartId }), checkoutRequest(sale, { key })] as const;
  const [inCart, byKey] = [await checkout(shop, orders[0]), await checkout(shop, orders[1])];
  if (inCart.status !== 'reserved' || byKey.status !== 'reserved') throw new Error('neither cart nor key is new');
  for (const { order } of [inCart, byKey]) {
    const { tokens } = order.items[0]!;
    await shop.redis.del(keys.hold(saleId, order.orderId), keys.timer(saleId, order.orderId));
    await shop.redis.zrem(keys.deadlines(saleId), order.orderId);
    await shop.redis.hdel(keys.held(saleId, sale.productIds[0]!), ...tokens);
    await shop.redis.rpush(keys.stock(saleId, sale.productIds[0]!), ...tokens);
    await shop.models.orders.deleteOne({ _id: order.orderId });
  }
  const again = await checkout(shop, orders[0]);
  expect(again).toMatchObject({ status: 'reserved', order: { cartId } });
  expect(await checkout(shop, orders[1])).toEqual({ status: 'orderExpired', orderId: byKey.order.orderId });
  expect(await free(shop, sale)).toBe(1);
});

test('a hold without an order, of other things than the cart has now, is on hold: it becomes no order of theirs', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = checkoutRequest(sale, { cartId: randomUUID() });
  const held = await checkout(shop, request);
  if (held.status !== 'reserved') throw new Error(held.status);
  await shop.models.orders.deleteOne({ _id: held.order.orderId }); // as if it were still on its way
  await shop.redis.hset(keys.hold(sale.saleId, held.order.orderId), 'fingerprint', 'of other things');
  expect(await checkout(shop, request)).toMatchObject({ status: 'cartOnHold', orderId: held.order.orderId });
  expect(await shop.models.orders.countDocuments({ sale: sale.saleId })).toBe(0);
});

test('a repeat whose sale closes for repair before its order is written may come again: it is not over', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const request = checkoutRequest(sale, { key: randomUUID() });
  const insertReserved = async () => Promise.reject(new Error('MongoDB is away'));
  await expect(checkout({ ...shop, orders: { ...shop.orders, insertReserved } }, request)).rejects.toThrow();
  const reserve: typeof shop.inventory.reserve = async (again) => {
    const known = await shop.inventory.reserve(again);
    await shop.inventory.close(sale.saleId);
    return known;
  };
  expect(await checkout({ ...shop, inventory: { ...shop.inventory, reserve } }, request)).toEqual({
    status: 'saleNotReady',
  });
});

test('one idempotency key stays one order when Redis has forgotten it', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [5] });
  const request = checkoutRequest(sale, { key: 'for ever', customer: 'guest-k' });
  const first = await checkout(shop, request);
  await shop.redis.del(keys.idem(sale.saleId, 'guest-k', 'for ever'));
  const again = await checkout(shop, request);
  expect(again).toMatchObject({
    status: 'alreadyHeld',
    order: { orderId: first.status === 'reserved' ? first.order.orderId : '' },
  });
  await shop.redis.del(keys.idem(sale.saleId, 'guest-k', 'for ever'));
  expect(
    await checkout(shop, checkoutRequest(sale, { key: 'for ever', customer: 'guest-k', quantities: [2] })),
  ).toEqual({ status: 'keyReused' });
  expect(await free(shop, sale)).toBe(4);
});

test('a checkout with a key that meets forgotten units gets others under the same key, also after a crash in between', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [4] });
  const [p] = sale.productIds as [string];
  const owner = await reserved(shop, sale);
  await forget(shop, sale, [owner], 4);
  const request = checkoutRequest(sale, { key: randomUUID() });
  const first = await checkout(shop, request);
  expect(first).toMatchObject({ status: 'reserved', order: { items: [{ tokens: [`${p}-2`] }] } });
  expect(await checkout(shop, request)).toMatchObject({
    status: 'alreadyHeld',
    order: { orderId: first.status === 'reserved' && first.order.orderId },
  });

  const other = await freshSale(shop, { units: [3] });
  await forget(shop, other, [await reserved(shop, other)], 3);
  const crash = async () => Promise.reject(new Error('a crash'));
  const keyed = checkoutRequest(other, { key: randomUUID() });
  await expect(checkout({ ...shop, inventory: { ...shop.inventory, release: crash } }, keyed)).rejects.toThrow();
  expect(await checkout(shop, keyed)).toMatchObject({ status: 'reserved' });
});

test('after Redis has lost everything a key answers its order as before: held or paid, sold out, at the limit, however often', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2], limit: 1 });
  const requests = [checkoutRequest(sale, { key: randomUUID() }), checkoutRequest(sale, { key: randomUUID() })];
  const made: Order[] = [];
  for (const request of requests) {
    const outcome = await checkout(shop, request);
    if (outcome.status !== 'reserved') throw new Error(outcome.status);
    made.push(outcome.order);
  }
  await shop.orders.pay(made[1]!.orderId, `pay-${made[1]!.orderId}`, Date.now());
  const lost = await shop.redis.keys(`*{${sale.saleId}}*`);
  await shop.redis.del(...lost);
  expect(await rebuildSale(shop, sale.saleId)).toBe('ready');
  for (let repeat = 0; repeat < 3; repeat++) {
    for (const [i, request] of requests.entries())
      expect(await checkout(shop, request)).toMatchObject({
        status: 'alreadyHeld',
        order: { orderId: made[i]!.orderId, status: ['RESERVED', 'PAID'][i] },
      });
  }
  expect(await shop.models.orders.countDocuments({ sale: sale.saleId })).toBe(2);
});

test('one idempotency key sent to two sales makes one order, and is no token conflict', async () => {
  const shop = await world();
  const [first, second] = [await freshSale(shop), await freshSale(shop, { units: [3] })];
  const keyed = { key: randomUUID(), customer: `guest-${randomUUID()}` };
  expect(await checkout(shop, checkoutRequest(first, keyed))).toMatchObject({ status: 'reserved' });
  for (let repeat = 0; repeat < 3; repeat++)
    expect(await checkout(shop, checkoutRequest(second, keyed))).toEqual({ status: 'keyReused' });
  expect(await free(shop, second)).toBe(3);
  expect((await auditSale(shop, second.saleId)).violations).toEqual([]);
  const left = await shop.models.orders.find({ sale: second.saleId }).lean();
  expect(left).toHaveLength(3);
  for (const record of left) expect(record).toMatchObject({ status: 'CANCELLED', reason: 'KEY_TAKEN' });
});

test('a token conflict is explained by what Redis lost before it, and by nothing that it lost long ago', async () => {
  const shop = await world();
  const { saleId } = await freshSale(shop);
  const conflictAt = (atMs: number) =>
    shop.orders.cancel(randomUUID(), 'CONFLICT', atMs, { tombstone: { saleId, customer: 'guest-x' } });
  const violations = async () => (await auditSale(shop, saleId)).violations.map(({ invariant }) => invariant);
  const HOUR_MS = 3_600_000;
  const lostAt = Date.now() + HOUR_MS;
  const restarted = (at: number) => ({
    _id: randomUUID(),
    kind: 'redisRestarted' as const,
    detail: 'another Redis',
    at: new Date(at),
  });
  await conflictAt(lostAt);
  expect(await violations()).toEqual(['I15']);
  const records = await shop.models.auditLog.create([restarted(lostAt - HOUR_MS), restarted(lostAt)]);
  expect(await violations()).toEqual([]);
  await conflictAt(lostAt + HOUR_MS);
  expect(await violations()).toEqual(['I15']);
  await shop.models.auditLog.deleteMany({ _id: { $in: records.map(({ _id }) => _id) } });
  await shop.inventory.close(saleId);
  expect(await rebuildSale(shop, saleId)).toBe('ready');
  expect(await violations(), 'a rebuild of today explains nothing of tomorrow').toEqual(['I15']);
  await shop.models.sales.updateOne({ _id: saleId }, { $set: { rebuiltAt: new Date(lostAt + HOUR_MS) } });
  expect(await violations()).toEqual([]);
  await conflictAt(lostAt + 2 * HOUR_MS);
  expect(await violations()).toEqual(['I15']);
});

test('cancel and extend end with what MongoDB says', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const order = await reserved(shop, sale);
  expect(await extend(shop, order, 'asked')).toMatchObject({
    status: 'extended',
    deadlineMs: order.deadlineMs + 60_000,
  });
  expect(await shop.orders.find(order.orderId)).toMatchObject({
    deadlineMs: order.deadlineMs + 60_000,
    extensions: ['asked'],
  });
  expect(await cancel(shop, order, 'SHOPPER')).toMatchObject({ status: 'CANCELLED', reason: 'SHOPPER' });
  expect(await cancel(shop, order, 'ADMIN')).toMatchObject({ status: 'CANCELLED', reason: 'SHOPPER' });
  expect(await extend(shop, order, 'paying')).toMatchObject({ status: 'ended', order: { reason: 'SHOPPER' } });
  expect(await free(shop, sale)).toBe(3);
});

test('reconcile repairs each kind of difference, and leaves a sound shop alone', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [10] });
  const {
    saleId,
    productIds: [p],
  } = sale as { saleId: string; productIds: [string] };
  const [uncommitted, forgotten, overdue, ended] = [
    await reserved(shop, sale),
    await reserved(shop, sale),
    await reserved(shop, sale),
    await reserved(shop, sale),
  ];
  await shop.orders.pay(uncommitted.orderId, `pay-${uncommitted.orderId}`, Date.now());
  await release(shop.inventory, saleId, forgotten.orderId);
  await makeOverdue(shop, overdue);
  await shop.orders.cancel(ended.orderId, 'SHOPPER', Date.now());
  await shop.redis.hset(keys.sale(saleId), 'paused', '1');
  await shop.models.products.updateOne({ _id: p }, { $set: { minted: 12 } });
  const found = await reconcile(shop, saleId, { thorough: true });
  expect(found).toEqual({
    saleId,
    rebuilt: false,
    unsound: [],
    committed: 1,
    restored: 1,
    expired: 1,
    released: 1,
    alarms: [],
    errors: [],
  });
  expect(await shop.inventory.counts(saleId, [p])).toMatchObject({
    paused: false,
    products: { [p]: { available: 10, held: 1, sold: 1, minted: 12 } },
  });
  expect(await reconcile(shop, saleId, { thorough: true })).toMatchObject({
    rebuilt: false,
    committed: 0,
    restored: 0,
    expired: 0,
    released: 0,
  });
});

test('reconcile rebuilds a sale whose units do not add up, and alarms about a sold unit without an order', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [10] });
  const {
    saleId,
    productIds: [p],
  } = sale as { saleId: string; productIds: [string] };
  await shop.redis.lpop(keys.stock(saleId, p));
  expect(await reconcile(shop, saleId, { thorough: false })).toMatchObject({
    rebuilt: true,
    unsound: [expect.stringContaining('not minted')],
  });
  expect(await free(shop, sale)).toBe(10);
  const token = await shop.redis.lpop(keys.stock(saleId, p));
  await shop.redis.hset(keys.sold(saleId, p), token!, randomUUID());
  await shop.redis.hincrby(keys.limit(saleId, p), 'guest-x', 1);
  expect(await reconcile(shop, saleId, { thorough: true })).toMatchObject({
    rebuilt: false,
    alarms: [expect.stringContaining('is not a PAID order')],
  });
});

test('a PAID unit that a damaged Redis has sold to another closes the sale, and the rebuild gives it to its owner', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const {
    saleId,
    productIds: [p],
  } = sale as { saleId: string; productIds: [string] };
  const order = await reserved(shop, sale);
  const [token] = order.items[0]!.tokens;
  await shop.redis.hset(keys.sold(saleId, p), token!, randomUUID());
  await shop.orders.pay(order.orderId, `pay-${order.orderId}`, Date.now());
  await follow(shop, (await shop.orders.find(order.orderId))!);
  expect(await shop.redis.exists(keys.sale(saleId))).toBe(0);
  expect(await reconcile(shop, saleId, { thorough: false })).toMatchObject({ rebuilt: true });
  expect(await shop.redis.hgetall(keys.sold(saleId, p))).toEqual({ [token!]: order.orderId });
});

test('the auditor finds what is broken and is silent when all is well', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [5] });
  const order = await reserved(shop, sale, { quantities: [2] });
  const mine = (what: string) => what.includes(sale.productIds[0]!) || what.includes(order.orderId);
  const of = async () =>
    (await audit({ ...shop, env: { ...shop.env, SWEEP_SECONDS: -9 } })).violations.filter(({ what }) => mine(what));
  expect(await of()).toEqual([]);
  const [token] = order.items[0]!.tokens;
  await shop.redis.rpush(keys.stock(sale.saleId, sale.productIds[0]!), token!);
  expect(await of()).toContainEqual(expect.objectContaining({ invariant: 'I1' }));
  await shop.redis.rpop(keys.stock(sale.saleId, sale.productIds[0]!));
  await shop.orders.pay(order.orderId, `pay-${order.orderId}`, Date.now());
  expect(await of()).toContainEqual(expect.objectContaining({ invariant: 'I4' }));
});
