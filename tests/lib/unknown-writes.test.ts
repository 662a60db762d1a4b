import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkout, type Order, sweep } from '#lib/orders/index.ts';
import { type PaymentEvent, receive, redo } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { type DeafWire, deafWire } from '#tests/support/deaf-wire.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { until } from '#tests/support/until.ts';
import { checkoutRequest, closeWorld, type FreshSale, freshSale, world } from '#tests/support/world.ts';

let mongo: OwnMongo;
let wire: DeafWire;
let shop: HoldfastProcess;
let sale: FreshSale;

beforeAll(async () => {
  mongo = await ownMongo();
  wire = await deafWire(mongo.server.url);
  process.env.MONGODB_URI = wire.url;
  shop = await world();
});
afterAll(async () => {
  await closeWorld();
  await wire?.close();
  await mongo?.close();
});
beforeEach(async () => {
  await mongo.calm();
  sale = await freshSale(shop, { units: [3], holdSeconds: 1 });
});

/** What may befall a write that MongoDB carries out: nobody learns of it for sure. */
const MISHAPS: [name: string, strike: (command: string) => Promise<void> | void][] = [
  ['a majority was not heard of in time', (command) => mongo.stumble(command, { writeConcernError: 64 }, orders())],
  ['the connection was cut before the answer, twice', (command) => wire.loseAnswers(command, 'orders', 2)],
];

const orders = () => `${shop.mongo.name}.orders`;

/** What a majority knows of an order: such a write may reach it a moment later. */
const comesToBe = (order: Order, status: Order['status']) =>
  until(async () => (await shop.orders.find(order.orderId))?.status === status, { what: `the order is ${status}` });

const left = () =>
  shop.inventory.counts(sale.saleId, sale.productIds).then((counts) => {
    if (counts.status !== 'counts') throw new Error(counts.status);
    const { available, held, sold } = counts.products[sale.productIds[0]!]!;
    return { available, held, sold };
  });

/** Nobody knows: the caller is told to come again, which is no fault of the shop's. */
async function expectUnknown(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    (done) => new Error(`it said ${JSON.stringify(done)}`),
    (thrown: unknown) => thrown,
  );
  expect(isUnavailable(error), String(error)).toBe(true);
  await mongo.calm();
  expect(wire.left()).toBe(0);
}

async function reserved(): Promise<Order> {
  const outcome = await checkout(shop, checkoutRequest(sale));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  return outcome.order;
}

const overdue = async (order: Order) =>
  until(async () => (await shop.redisNowMs()) > order.deadlineMs, { what: 'the hold has run out' });

/** A shopper's payment, as the bank tells of it. */
async function approved({ orderId, total: amount, currency }: Order): Promise<PaymentEvent> {
  const { rawBody, headers } = await shop.sandbox!.decide({ orderId, total: amount, currency } as Order, 'authorized');
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(verified.status);
  return verified.event;
}

describe.each(MISHAPS)('%s:', (_, strike) => {
  test('of an order’s insert: its hold is kept, and the repeat of the checkout gets that very order', async () => {
    sale = await freshSale(shop, { units: [3] });
    const request = checkoutRequest(sale, { key: randomUUID() });
    await strike('insert');
    await expectUnknown(checkout(shop, request));
    expect(await left(), 'nothing is given back on a guess').toEqual({ available: 2, held: 1, sold: 0 });
    const again = await checkout(shop, request);
    expect(again.status).toBe('alreadyHeld');
    expect(await shop.models.orders.countDocuments({ sale: sale.saleId })).toBe(1);
    expect(await left()).toEqual({ available: 2, held: 1, sold: 0 });
  });

  test('of the decision that an order is PAID: it stands, its unit is sold, the money is taken once and never given back', async () => {
    sale = await freshSale(shop, { units: [3] });
    const order = await reserved();
    const event = await approved(order);
    await strike('findAndModify');
    await expectUnknown(receive(shop, event));
    await comesToBe(order, 'PAID');
    await shop.models.paymentEvents.updateOne({ _id: event.eventId }, { $set: { tryAt: new Date(0) } });
    expect((await redo(shop)).errors).toEqual([]);
    expect(await left()).toEqual({ available: 2, held: 0, sold: 1 });
    expect(await shop.models.refunds.countDocuments({ orderId: order.orderId })).toBe(0);
    const booked = await shop.models.sandboxPayments.findById(event.paymentId).lean();
    expect(booked?.entries.map(({ kind }) => kind)).toEqual(['authorized', 'captured']);
  });

  test('of the decision that an order has expired: its unit is back after the next sweep, once', async () => {
    const order = await reserved();
    await overdue(order);
    await strike('findAndModify');
    await expectUnknown(sweep(shop, sale.saleId).then(({ errors }) => Promise.reject(errors[0])));
    await comesToBe(order, 'CANCELLED');
    expect(await left(), 'not before MongoDB has said so').toEqual({ available: 2, held: 1, sold: 0 });
    expect((await sweep(shop, sale.saleId)).errors).toEqual([]);
    expect(await left()).toEqual({ available: 3, held: 0, sold: 0 });
    const ledger = await shop.redis.xrange(keys.ledger(sale.saleId), '-', '+');
    expect(ledger.filter(([, fields]) => fields[1] === 'release')).toHaveLength(1);
  });
});

test('a majority was not heard of in time of a batch in which one is a duplicate: that speaks for none of them', async () => {
  const [there, fresh] = [await reserved(), { ...(await reserved()), orderId: randomUUID(), key: '' }];
  fresh.items = fresh.items.map((item) => ({ ...item, tokens: [`${item.productId}-3`] }));
  await mongo.stumble('insert', { writeConcernError: 64 }, orders());
  const [first, second] = await Promise.allSettled([there, fresh].map((order) => shop.orders.insertReserved(order)));
  for (const outcome of [first, second])
    await expectUnknown(outcome!.status === 'rejected' ? Promise.reject(outcome!.reason) : (outcome!.value as never));
  expect(await shop.orders.insertReserved(there)).toMatchObject({ status: 'exists' });
  expect(await shop.orders.insertReserved(fresh)).toMatchObject({ status: 'exists' });
});

test.each(['insert', 'findAndModify'])(
  'the connection was cut before the answer to %s, once: the driver asks again, and nobody notices',
  async (command) => {
    wire.loseAnswers(command, 'orders', 1);
    const order = await reserved();
    if (command === 'findAndModify') {
      expect(await shop.orders.pay(order.orderId, `pay-${order.orderId}`, order.createdAtMs)).toMatchObject({
        status: 'PAID',
      });
    }
    expect(wire.left()).toBe(0);
    expect(await shop.models.orders.countDocuments({ sale: sale.saleId })).toBe(1);
  },
);
