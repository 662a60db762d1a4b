import { expect, test } from 'vitest';
import { checkout, expire, type Order, sweep } from '#lib/orders/index.ts';
import { type PaymentEvent, receive } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { checkoutRequest, type FreshSale, freshSale, world } from '#tests/support/world.ts';

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

async function makeOverdue(shop: HoldfastProcess, { orderId, saleId }: Order): Promise<void> {
  await shop.redis.del(keys.timer(saleId, orderId));
  await shop.redis.hset(keys.hold(saleId, orderId), 'deadlineMs', 1);
  await shop.redis.zadd(keys.deadlines(saleId), 1, orderId);
  await shop.models.orders.updateOne({ _id: orderId }, { $set: { deadline: new Date(1) } });
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

test('one sweep ends every overdue hold, however many', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [450] });
  const orders = await Promise.all(Array.from({ length: 450 }, () => reserved(shop, sale)));
  await Promise.all(orders.map((order) => makeOverdue(shop, order)));
  expect(await sweep(shop, sale.saleId)).toEqual({ status: 'swept', seen: 450 });
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(450);
  expect(await expire(shop, sale.saleId, orders[0]!.orderId)).toMatchObject({ status: 'expired' });
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
