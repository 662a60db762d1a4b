import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AlarmsAnswer, OrderAnswer, RefundAnswer, StartPaymentAnswer } from '#lib/contract.ts';
import { bankEvent, expectProblem, holdOne, only, openShop, sendWebhook } from '#tests/api/shop.ts';

const shop = openShop();

const refunds = (orderId: string) => shop.mongo.collection('refunds').find({ orderId }).toArray();
const alarms = async () => (await shop.client.admin<AlarmsAnswer>('GET', '/api/alarms')).body.alarms;

test('starting to pay says where to pay and gives a little more time, once', async () => {
  const { shopper, order, orderId } = await holdOne(shop.client, { holdSeconds: 60, extendSeconds: 30 });
  const start = () => shopper.call<StartPaymentAnswer>('POST', '/api/payment/start', { body: { orderId } });
  const first = await start();
  expect(first).toMatchObject({
    status: 200,
    body: { orderId, paymentId: expect.any(String), pay: { kind: 'buttons' }, serverTime: expect.any(String) },
  });
  expect(Date.parse(first.body.expiresAt)).toBe(Date.parse(order.expiresAt) + 30_000);
  const again = await start();
  expect(again.body).toMatchObject({ paymentId: first.body.paymentId, expiresAt: first.body.expiresAt });
  expect((await shopper.call('POST', `/api/orders/${orderId}/extend`, { body: {} })).status, 'asking is its own').toBe(
    200,
  );
  expect(await shopper.pay(orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expectProblem(await start(), 409, 'ORDER_ALREADY_PAID', { orderId });
});

test('nobody starts to pay for an ended, a missing or a foreign order', async () => {
  const { shopper, orderId } = await holdOne(shop.client);
  const start = (who: typeof shopper, id: string) => who.call('POST', '/api/payment/start', { body: { orderId: id } });
  expectProblem(await start(shop.client.shopper(), orderId), 404, 'NOT_FOUND');
  expectProblem(await start(shopper, randomUUID()), 404, 'NOT_FOUND');
  await shopper.call('POST', `/api/orders/${orderId}/cancel`, { body: {} });
  expectProblem(await start(shopper, orderId), 409, 'ORDER_CANCELLED', { orderId });
  expect(await shop.mongo.collection('payments').countDocuments({ _id: orderId as never })).toBe(0);
});

test('a payment that came too late goes back, and the order says so', async () => {
  const { shopper, order, orderId } = await holdOne(shop.client);
  await shopper.call('POST', `/api/orders/${orderId}/cancel`, { body: {} });
  const look = async () => (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body;
  expect((await look()).moneyBack).toBeNull();
  expect((await sendWebhook(shop.client, bankEvent(order))).status).toBe(200);
  expect(await look()).toMatchObject({ status: 'CANCELLED', moneyBack: 'done' });
});

test('the merchant gives the money of a paid order back, once and with a reason; the order stays PAID', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [2] });
  const refund = (id: string, body: unknown = { reason: 'arrived broken' }) =>
    shop.client.admin<RefundAnswer>('POST', `/api/orders/${id}/refund`, body);
  expectProblem(await refund(orderId), 409, 'NOT_PAID', { orderId });
  await shopper.pay(orderId);
  expectProblem(await refund(orderId, {}), 400, 'INVALID_REQUEST', { field: 'reason' });
  for (let i = 0; i < 2; i++)
    expect(await refund(orderId)).toMatchObject({ status: 200, body: { orderId, moneyBack: 'done' } });
  expect(only(await refunds(orderId))).toMatchObject({ reason: 'admin: arrived broken', status: 'DONE' });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({
    status: 'PAID',
    moneyBack: 'done',
  });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 1, sold: 1 });
  expectProblem(await refund(randomUUID()), 404, 'NOT_FOUND');
});

test('a payment of another sum raises an alarm, which a human closes with a note', async () => {
  const { order, orderId } = await holdOne(shop.client);
  const event = bankEvent(order, { amount: 1 });
  await sendWebhook(shop.client, event);
  const alarm = (await alarms()).find(({ subject }) => subject === event.paymentId);
  expect(alarm).toMatchObject({ alarmId: `paymentMismatch:${event.paymentId}`, kind: 'paymentMismatch' });
  expect(only(await refunds(orderId))).toMatchObject({ reason: 'mismatch', status: 'DONE' });
  const path = `/api/alarms/${encodeURIComponent(alarm!.alarmId)}/close`;
  expectProblem(await shop.client.admin('POST', path, { reason: ' ' }), 400, 'INVALID_REQUEST', { field: 'reason' });
  expect(await shop.client.admin('POST', path, { reason: 'wrong test card' })).toMatchObject({ status: 200 });
  expect((await alarms()).map(({ subject }) => subject)).not.toContain(event.paymentId);
  expectProblem(await shop.client.admin('POST', path, { reason: 'again' }), 404, 'NOT_FOUND');
});

test('money that the bank has let go of: the order stays PAID, an alarm says so, and trying again changes nothing', async () => {
  const { shopper, order, orderId } = await holdOne(shop.client);
  const event = bankEvent(order);
  const { paymentId, amount, currency } = event;
  await shop.mongo.collection('sandbox_payments').insertOne({
    _id: paymentId as never,
    orderId,
    amount,
    currency,
    status: 'voided',
    createdAt: new Date(),
    entries: [],
  });
  await sendWebhook(shop.client, event);
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({ status: 'PAID' });
  expect(await alarms()).toContainEqual(expect.objectContaining({ alarmId: `captureFailed:${orderId}` }));
  const again = await shop.client.admin('POST', `/api/orders/${orderId}/capture`, {});
  expect(again).toMatchObject({ status: 200, body: { orderId, captured: false } });
  expectProblem(await shop.client.admin('POST', `/api/orders/${orderId}/refund`, { reason: 'x' }), 409, 'NOT_CAPTURED');
});

test('only the merchant sees and touches alarms, refunds and captures', async () => {
  const { shopper, orderId } = await holdOne(shop.client);
  await shopper.pay(orderId);
  for (const [method, path, body] of [
    ['GET', '/api/alarms', undefined],
    ['POST', '/api/alarms/x:y/close', { reason: 'mine' }],
    ['POST', `/api/orders/${orderId}/refund`, { reason: 'mine' }],
    ['POST', `/api/orders/${orderId}/capture`, {}],
  ] as const)
    expectProblem(await shopper.call(method, path, { body }), 401, 'UNAUTHORIZED');
  expect(await refunds(orderId)).toEqual([]);
});
