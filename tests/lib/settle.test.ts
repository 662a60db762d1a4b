import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cancel, checkout, expire, type Order, sweep } from '#lib/orders/index.ts';
import { type PaymentEvent, receive, refund } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { checkoutRequest, type FreshSale, freshSale, reserveRequest, world } from '#tests/support/world.ts';

async function reserved(shop: HoldfastProcess, sale: FreshSale): Promise<Order> {
  const outcome = await checkout(shop, checkoutRequest(sale));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  return outcome.order;
}

const authorized = ({ orderId, total, currency }: Order, paymentId = `pay-${orderId}`): PaymentEvent => ({
  eventId: `event-${paymentId}`,
  type: 'payment.authorized',
  paymentId,
  orderId,
  amount: total,
  currency,
});

async function makeOverdue(shop: HoldfastProcess, ...orders: Order[]): Promise<void> {
  for (const { orderId, saleId } of orders) {
    await shop.redis.del(keys.timer(saleId, orderId));
    await shop.redis.hset(keys.hold(saleId, orderId), 'deadlineMs', 1);
    await shop.redis.zadd(keys.deadlines(saleId), 1, orderId);
  }
  const orderIds = orders.map(({ orderId }) => orderId);
  await shop.models.orders.updateMany({ _id: { $in: orderIds } }, { $set: { deadline: new Date(1) } });
}

test('a payment in time wins: PAID, sold and captured; again it is the same', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'paid' });
  expect(await receive(shop, authorized(order))).toBe('stored before');
  expect(await shop.orders.find(order.orderId)).toMatchObject({
    status: 'PAID',
    payment: `pay-${order.orderId}`,
    captured: true,
  });
  expect(await shop.redis.hlen(keys.sold(sale.saleId, sale.productIds[0]!))).toBe(1);
});

test('a payment after the deadline loses, though nobody has swept yet, and goes back once', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  await makeOverdue(shop, order);
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'lost', why: 'ended' });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED' });
  expect(await shop.models.refunds.find({ orderId: order.orderId }).lean()).toMatchObject([
    { _id: `pay-${order.orderId}`, status: 'DONE' },
  ]);
  expect(await shop.models.sandboxPayments.findById(`pay-${order.orderId}`).lean()).toMatchObject({ status: 'voided' });
});

test('a payment in time wins although Redis has forgotten the hold', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  await shop.redis.del(keys.timer(sale.saleId, order.orderId), keys.hold(sale.saleId, order.orderId));
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'paid' });
});

test('the second of two payments goes back, the first stays', async () => {
  const shop = await world();
  const order = await reserved(shop, await freshSale(shop));
  expect(await receive(shop, authorized(order, `first-${order.orderId}`))).toMatchObject({ status: 'paid' });
  expect(await receive(shop, authorized(order, `second-${order.orderId}`))).toMatchObject({ status: 'lost' });
  expect(await shop.models.refunds.find({ orderId: order.orderId }).lean()).toMatchObject([
    { _id: `second-${order.orderId}` },
  ]);
});

test('a payment buys one order: word of it for another one buys nothing, gives nothing back, and a human is told', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const [bought, held, ended] = [
    await reserved(shop, sale),
    await reserved(shop, sale),
    await cancel(shop, await reserved(shop, sale), 'SHOPPER'),
  ];
  const paymentId = `pay-${bought.orderId}`;
  expect(await receive(shop, authorized(bought, paymentId))).toMatchObject({ status: 'paid' });
  const others = [held.orderId, ended.orderId, randomUUID()];
  const types = ['payment.authorized', 'payment.captured', 'payment.refunded', 'payment.voided'];
  for (const orderId of others) {
    for (const type of types) {
      const event = { ...authorized(bought, paymentId), eventId: randomUUID(), orderId, type } as PaymentEvent;
      expect([type, await receive(shop, event)]).toEqual([type, { status: 'kept' }]);
    }
  }
  expect(await shop.orders.find(bought.orderId)).toMatchObject({ status: 'PAID', captured: true });
  expect(await shop.orders.find(held.orderId)).toMatchObject({ status: 'RESERVED', payment: null });
  expect(await shop.models.refunds.countDocuments({ _id: paymentId })).toBe(0);
  expect(await shop.models.sandboxPayments.findById(paymentId).lean()).toMatchObject({ status: 'captured' });
  expect(await shop.models.alarms.findOne({ kind: 'paymentMismatch', subject: paymentId }).lean()).toMatchObject({
    open: true,
    detail: expect.stringContaining(`it has bought ${bought.orderId}`),
  });
});

test('a payment of another amount or currency does not buy', async () => {
  const shop = await world();
  const order = await reserved(shop, await freshSale(shop));
  expect(await receive(shop, { ...authorized(order, `less-${order.orderId}`), amount: 1 })).toMatchObject({
    status: 'lost',
    why: 'mismatch',
  });
  expect(await receive(shop, { ...authorized(order, `other-${order.orderId}`), currency: 'JPY' })).toMatchObject({
    status: 'lost',
    why: 'mismatch',
  });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED' });
});

test('a payment that loses at the last moment is let go and was never taken', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  const pay: typeof shop.orders.pay = async (...won) => {
    await cancel(shop, order, 'SHOPPER');
    return shop.orders.pay(...won);
  };
  expect(await receive({ ...shop, orders: { ...shop.orders, pay } }, authorized(order))).toMatchObject({
    status: 'lost',
    why: 'ended',
  });
  expect(await shop.models.sandboxPayments.findById(`pay-${order.orderId}`).lean()).toMatchObject({ status: 'voided' });
});

test('a payment that has gone back buys nothing, whatever its next event says', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  const wrong = { ...authorized(order), eventId: `wrong ${order.orderId}`, amount: 1 };
  expect(await receive(shop, wrong)).toMatchObject({ status: 'lost', why: 'mismatch' });
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'lost' });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED' });
  expect(await shop.models.sandboxPayments.findById(`pay-${order.orderId}`).lean()).toMatchObject({ status: 'voided' });
  expect(await receive(shop, authorized(order, `honest-${order.orderId}`))).toMatchObject({ status: 'paid' });
});

test('a payment that comes before its order goes back, and the order can never come to be', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const insertReserved = async (order: Order) => {
    expect(await receive(shop, authorized(order))).toMatchObject({ status: 'lost', why: 'unknownOrder' });
    return shop.orders.insertReserved(order);
  };
  const outcome = await checkout({ ...shop, orders: { ...shop.orders, insertReserved } }, checkoutRequest(sale));
  if (outcome.status !== 'orderExpired') throw new Error(outcome.status);
  const { orderId } = outcome;
  expect(await shop.orders.find(orderId)).toMatchObject({ status: 'CANCELLED', reason: 'CONFLICT', items: [] });
  expect(await shop.models.sandboxPayments.findById(`pay-${orderId}`).lean()).toMatchObject({ status: 'voided' });
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(1);
});

test('a payment for a hold whose order never comes goes back, and so does its unit when the hold is over', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const insertReserved = (order: Order): Promise<never> => Promise.reject(Object.assign(new Error(), { order }));
  const died = checkout({ ...shop, orders: { ...shop.orders, insertReserved } }, checkoutRequest(sale));
  const order = await died.then(
    () => expect.unreachable(),
    (error: { order: Order }) => error.order,
  );
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'lost', why: 'unknownOrder' });
  await makeOverdue(shop, order);
  await sweep(shop, sale.saleId);
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(1);
});

test('a payment for a hold whose order never comes leaves its unit to the same cart, when that checks out again', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const request = checkoutRequest(sale, { cartId: randomUUID() });
  const insertReserved = (order: Order): Promise<never> => Promise.reject(Object.assign(new Error(), { order }));
  const died = checkout({ ...shop, orders: { ...shop.orders, insertReserved } }, request);
  const order = await died.then(
    () => expect.unreachable(),
    (error: { order: Order }) => error.order,
  );
  expect(await receive(shop, authorized(order))).toMatchObject({ status: 'lost', why: 'unknownOrder' });
  const again = await checkout(shop, request);
  if (again.status !== 'reserved') throw new Error(again.status);
  expect(again.order.orderId).not.toBe(order.orderId);
});

test('a payment that overtakes its order on the last step buys what the order holds', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1] });
  const order = await reserved(shop, sale);
  let looks = 0;
  const find: typeof shop.orders.find = async (wanted) => (looks++ === 0 ? undefined : shop.orders.find(wanted));
  expect(await receive({ ...shop, orders: { ...shop.orders, find } }, authorized(order))).toMatchObject({
    status: 'paid',
  });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID' });
});

test('whole minor units are compared in every currency: a hundredfold or a thousandfold of a total does not buy', async () => {
  const shop = await world();
  for (const [currency, factor] of [
    ['JPY', 100],
    ['KRW', 0.01],
    ['KWD', 10],
  ] as const) {
    const sale = await freshSale(shop, { currency, price: 190_000 });
    const outcome = await checkout(shop, {
      ...checkoutRequest(sale, { price: 190_000 }),
      currency,
      taxBasisPoints: 1_000,
    });
    if (outcome.status !== 'reserved') throw new Error(outcome.status);
    const { order } = outcome;
    expect(order).toMatchObject({ total: 190_000, tax: 17_273, currency });
    const wrong = { ...authorized(order, `wrong-${order.orderId}`), amount: order.total * factor };
    expect(await receive(shop, wrong), currency).toMatchObject({ status: 'lost', why: 'mismatch' });
    const cents = { ...authorized(order, `cents-${order.orderId}`), currency: 'EUR' };
    expect(await receive(shop, cents), currency).toMatchObject({ status: 'lost', why: 'mismatch' });
    expect(await receive(shop, authorized(order)), currency).toMatchObject({ status: 'paid' });
    expect(await shop.models.sandboxPayments.findById(`pay-${order.orderId}`).lean()).toMatchObject({
      amount: 190_000,
      currency,
      status: 'captured',
    });
  }
});

test('declined keeps the hold, failed for good ends it, and neither undoes PAID', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const [kept, ended] = [await reserved(shop, sale), await reserved(shop, sale)];
  const say = (order: Order, type: string) =>
    receive(shop, { ...authorized(order), eventId: `${type} ${order.orderId}`, type });
  expect(await say(kept, 'payment.declined')).toEqual({ status: 'kept' });
  expect(await say(ended, 'payment.failed')).toMatchObject({
    status: 'cancelled',
    order: { reason: 'PAYMENT_FAILED' },
  });
  expect(await receive(shop, authorized(kept))).toMatchObject({ status: 'paid' });
  expect(await say(kept, 'payment.failed')).toMatchObject({ status: 'paid' });
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(1);
});

test('money that somebody gave back at the provider buys nothing; what is left of it goes back too', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const order = await reserved(shop, sale);
  const [event, part] = [authorized(order), { eventId: `part ${order.orderId}`, type: 'payment.refunded', amount: 1 }];
  await shop.provider.capture(event); // taken at the provider, without the shop
  expect(await receive(shop, { ...event, ...part })).toMatchObject({ status: 'lost', why: 'outside' });
  expect(await receive(shop, { ...event, type: 'payment.captured' })).toMatchObject({ status: 'lost' });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED' });
  expect(await shop.models.sandboxPayments.findById(event.paymentId).lean()).toMatchObject({ status: 'refunded' });
  expect(await receive(shop, authorized(order, `next-${order.orderId}`))).toMatchObject({ status: 'paid' });
});

test('a PAID order whose money, or a part of it, went back at the provider stays PAID, and somebody is told', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  for (const [share, rows] of [
    [1, 1],
    [0.5, 0],
  ] as const) {
    const order = await reserved(shop, sale);
    const event = authorized(order);
    await receive(shop, event);
    const back = { eventId: `back ${order.orderId}`, type: 'payment.refunded', amount: order.total * share };
    expect(await receive(shop, { ...event, ...back })).toMatchObject({ status: 'paid' });
    expect(await shop.models.alarms.findById(`refundedOutside:${order.orderId}`).lean()).toMatchObject({ open: true });
    expect(await shop.models.refunds.countDocuments({ orderId: order.orderId }), 'the rest is the shop’s').toBe(rows);
  }
});

test('what the shop itself gives back raises no alarm when the provider tells of it', async () => {
  const shop = await world();
  const order = await reserved(shop, await freshSale(shop));
  const event = authorized(order);
  await receive(shop, event);
  await refund(shop, (await shop.orders.find(order.orderId))!, 'a test');
  const back = { eventId: `back ${order.orderId}`, type: 'payment.refunded' };
  expect(await receive(shop, { ...event, ...back })).toMatchObject({ status: 'paid' });
  expect(await shop.models.alarms.exists({ subject: order.orderId })).toBeNull();
});

test('one sweep ends every overdue hold, however many', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [450] });
  const orders = await Promise.all(Array.from({ length: 450 }, () => reserved(shop, sale)));
  await makeOverdue(shop, ...orders);
  expect(await sweep(shop, sale.saleId)).toEqual({ status: 'swept', seen: 450, errors: [] });
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(450);
  expect(await expire(shop, sale.saleId, orders[0]!.orderId)).toMatchObject({ status: 'expired' });
});

test('an order that cannot be ended keeps none of the others waiting, in a sweep and in a reconcile', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [4] });
  const orders = await Promise.all(Array.from({ length: 4 }, () => reserved(shop, sale)));
  await makeOverdue(shop, ...orders);
  const trouble = new Error('this one cannot be ended');
  const bad = orders[0]!.orderId;
  const inventory = {
    ...shop.inventory,
    release: async (hold: Parameters<typeof shop.inventory.release>[0]) => {
      if (hold.orderId === bad) throw trouble;
      return shop.inventory.release(hold);
    },
  };
  expect(await sweep({ ...shop, inventory }, sale.saleId)).toMatchObject({ status: 'swept', errors: [trouble] });
  expect(await shop.inventory.holdsCount(sale.saleId)).toBe(1);

  const more = await Promise.all(Array.from({ length: 3 }, () => reserved(shop, sale)));
  await shop.models.orders.updateMany(
    { _id: { $in: more.map(({ orderId }) => orderId) } },
    { $set: { status: 'CANCELLED', reason: 'SHOPPER' } },
  );
  const found = await reconcile({ ...shop, inventory }, sale.saleId, { thorough: true });
  expect(found).toMatchObject({ released: 3, rebuilt: false });
  expect(new Set(found.errors)).toEqual(new Set([trouble]));
  expect((await reconcile(shop, sale.saleId, { thorough: true })).errors).toEqual([]);
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(4);
});

test('one reconcile releases every ended hold, however many', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [1_100] });
  const { saleId } = sale;
  const requests = Array.from({ length: 1_100 }, () => reserveRequest(sale));
  await Promise.all(requests.map((request) => shop.inventory.reserve(request)));
  const at = new Date();
  const ended = {
    sale: saleId,
    status: 'CANCELLED',
    reason: 'ADMIN',
    items: [],
    tokens: [],
    deadline: at,
    createdAt: at,
  };
  await shop.models.orders.collection.insertMany(
    requests.map(({ orderId, customer }) => ({ ...ended, _id: orderId as never, customer, extensions: [] })),
  );
  expect(await reconcile(shop, saleId, { thorough: false })).toMatchObject({ released: 1_100, expired: 0 });
  expect(await shop.inventory.holdsCount(saleId)).toBe(0);
});

test('every write of an order waits for a majority and its journals, every read asks a majority', async () => {
  const shop = await world();
  const db = shop.mongo.db!;
  await db.command({ profile: 2 }); // MongoDB notes what it is asked
  const order = await reserved(shop, await freshSale(shop));
  await receive(shop, authorized(order));
  await db.command({ profile: 0 });
  const asked = await db
    .collection('system.profile')
    .find({ ns: /\.orders$/, op: { $in: ['query', 'insert', 'update', 'command'] } })
    .toArray();
  const seen = asked
    .map(({ command }) => command as Record<string, unknown>)
    .filter((command) => ['find', 'insert', 'update', 'findAndModify'].some((name) => name in command))
    .map((command) => ({ name: Object.keys(command)[0]!, concern: command.writeConcern ?? command.readConcern }));
  const names = new Set(seen.map(({ name }) => name));
  expect([...names].sort()).toEqual(['find', 'findAndModify', 'insert']);
  for (const { name, concern } of seen) {
    expect(concern, name).toMatchObject(name === 'find' ? { level: 'majority' } : { w: 'majority', j: true });
  }
});
