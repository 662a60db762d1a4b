import { expect, test } from 'vitest';
import { expectProblem, holdOne, only, openShop } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();

const inBank = (orderId: string) => shop.mongo.collection('sandbox_payments').find({ orderId }).toArray();
const refunds = (orderId: string) => shop.mongo.collection('refunds').find({ orderId }).toArray();
const units = async (saleId: string) => (await shop.client.look(saleId)).products[0];

test('a shopper pays: the units are sold, the money is taken once, and paying again is the same payment', async () => {
  const { saleId, shopper, order, orderId } = await holdOne(shop.client, { units: [3], price: 4_200 });
  for (let i = 0; i < 3; i++)
    expect(await shopper.pay(orderId)).toMatchObject({ status: 200, body: { orderId, status: 'PAID' } });
  expect(await units(saleId)).toMatchObject({ available: 2, held: 0, sold: 1 });
  expect(only(await inBank(orderId))).toMatchObject({ amount: order.total, currency: 'EUR', status: 'captured' });
  expect(await refunds(orderId)).toEqual([]);
});

test('thirty clicks on "pay" at once are one payment', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [3] });
  const answers = await Promise.all(Array.from({ length: 30 }, () => shopper.pay(orderId)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { orderId, status: 'PAID' } });
  expect(await units(saleId)).toMatchObject({ available: 2, held: 0, sold: 1 });
  expect(only(await inBank(orderId))).toMatchObject({ status: 'captured' });
  expect(await shop.mongo.collection('payment_events').countDocuments({ orderId })).toBe(1);
});

test('a shopper whose payment fails loses the hold, gets a plain answer, and the units are free again', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [1] });
  for (let i = 0; i < 3; i++)
    expect(await shopper.fail(orderId)).toMatchObject({ status: 200, body: { orderId, status: 'CANCELLED' } });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({
    status: 'CANCELLED',
    reason: 'PAYMENT_FAILED',
  });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0, sold: 0 });
});

test('after payment a refusal changes nothing', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client);
  await shopper.pay(orderId);
  expectProblem(await shopper.fail(orderId), 409, 'ORDER_ALREADY_PAID', { orderId });
  expect(await shopper.pay(orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect(await units(saleId)).toMatchObject({ held: 0, sold: 1 });
  expect(only(await inBank(orderId))).toMatchObject({ status: 'captured' });
});

test('who pays after the hold is over gets the money back once, and the unit goes to the next shopper', async () => {
  const { saleId, shopper, order, orderId } = await holdOne(shop.client, { units: [1], holdSeconds: 1 });
  await until(async () => (await shop.redis.exists(`timer:{${saleId}}:${orderId}`)) === 0, {
    what: 'the hold is over',
  });
  for (let i = 0; i < 3; i++) expectProblem(await shopper.pay(orderId), 409, 'ORDER_EXPIRED', { orderId });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({
    status: 'CANCELLED',
    reason: 'EXPIRED',
    paidAt: null,
  });
  expect(only(await inBank(orderId))).toMatchObject({ status: 'voided' });
  expect(only(await refunds(orderId))).toMatchObject({ amount: order.total, currency: 'EUR', status: 'DONE' });
  const next = await shop.client.shopper().buyNow([{ productId: order.items[0]!.productId, quantity: 1 }]);
  expect(next).toMatchObject({ status: 201, body: { items: [{ tokens: order.items[0]!.tokens }] } });
  expectProblem(await shopper.pay(orderId), 409, 'ORDER_EXPIRED', { orderId });
  expect(await units(saleId)).toMatchObject({ available: 0, held: 1, sold: 0 });
});

test('who refuses after the hold is over is told that it expired', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [1], holdSeconds: 1 });
  await until(async () => (await shop.redis.exists(`timer:{${saleId}}:${orderId}`)) === 0, {
    what: 'the hold is over',
  });
  expectProblem(await shopper.fail(orderId), 409, 'ORDER_EXPIRED', { orderId, reason: 'EXPIRED' });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0 });
});

test('who pays an order that was let go gets the money back, and the order stays cancelled', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [1] });
  await shopper.call('POST', `/api/orders/${orderId}/cancel`);
  for (let i = 0; i < 2; i++) expectProblem(await shopper.pay(orderId), 409, 'ORDER_CANCELLED', { orderId });
  expectProblem(await shopper.fail(orderId), 409, 'ORDER_CANCELLED', { orderId, reason: 'SHOPPER' });
  expect(only(await refunds(orderId))).toMatchObject({ status: 'DONE' });
  expect(await units(saleId)).toMatchObject({ available: 1, held: 0, sold: 0 });
});

test('paying and refusing at the same moment ends one way for everybody', async () => {
  for (let round = 0; round < 5; round++) {
    const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [1] });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? shopper.pay(orderId) : shopper.fail(orderId))),
    );
    const { status } = (await shopper.call<{ status: string }>('GET', `/api/orders/${orderId}`)).body;
    for (const answer of answers)
      expect(answer).toMatchObject(answer.status === 200 ? { body: { status } } : { status: 409 });
    expect(await units(saleId)).toMatchObject(
      status === 'PAID' ? { available: 0, sold: 1 } : { available: 1, sold: 0 },
    );
    expect((await refunds(orderId)).length).toBeLessThanOrEqual(status === 'PAID' ? 0 : 1);
  }
});

test('an order that nobody made cannot be paid', async () => {
  const shopper = shop.client.shopper();
  await shopper.call('POST', '/api/cart');
  const orderId = '0b8f7c1e-5a43-4f0e-9d0a-0123456789ab';
  expectProblem(await shopper.pay(orderId), 404, 'NOT_FOUND');
  expectProblem(await shopper.fail(orderId), 404, 'NOT_FOUND');
  expect(await inBank(orderId)).toEqual([]);
  expectProblem(await shopper.pay('17'), 400, 'INVALID_REQUEST', { field: 'orderId' });
});
