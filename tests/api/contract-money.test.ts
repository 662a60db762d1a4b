import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AlarmsAnswer, HandAnswer, OrderAnswer, OrdersAnswer, StartPaymentAnswer } from '#lib/contract.ts';
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
  expect(await look()).toMatchObject({ status: 'CANCELLED', moneyBack: 'done', moneyBackCause: 'late' });
});

test('a payment that went back is no dead end: the order is paid by the next one, begun or not', async () => {
  const { shopper, order, orderId } = await holdOne(shop.client);
  const start = () => shopper.call<StartPaymentAnswer>('POST', '/api/payment/start', { body: { orderId } });
  const { paymentId } = (await start()).body;
  await sendWebhook(shop.client, bankEvent(order, { paymentId, amount: order.total + 1 }));
  const next = (await start()).body.paymentId;
  expect(next).not.toBe(paymentId);
  expect((await start()).body.paymentId).toBe(next);
  expect(await shopper.pay(orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).toMatchObject({ payment: next });
});

test('an order says why money goes back: it was not what it costs, or it was paid already', async () => {
  const { shopper, order, orderId } = await holdOne(shop.client);
  const look = async () => (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body;
  await shopper.call('POST', '/api/payment/start', { body: { orderId } });
  expect(await look()).toMatchObject({ moneyBack: null, moneyBackCause: null, paymentOpen: true, declined: false });
  await sendWebhook(shop.client, bankEvent(order, { type: 'payment.declined' }));
  expect(await look()).toMatchObject({ status: 'RESERVED', moneyBack: null, declined: true });
  await sendWebhook(shop.client, bankEvent(order, { amount: order.total + 1 }));
  expect(await look()).toMatchObject({ status: 'RESERVED', moneyBack: 'done', moneyBackCause: 'wrongAmount' });
  expect(await look()).toMatchObject({ declined: false });
  await shopper.pay(orderId);
  expect(await sendWebhook(shop.client, bankEvent(order))).toMatchObject({ status: 200 });
  expect(await look()).toMatchObject({ status: 'PAID', moneyBack: 'done', moneyBackCause: 'secondPayment' });
  const { body } = await shopper.call<OrdersAnswer>('GET', '/api/orders');
  expect(only(body.orders)).toMatchObject({ orderId, moneyBackCause: 'secondPayment' });
});

test('the merchant gives the money of a paid order back, once and with a reason; the order stays PAID', async () => {
  const { saleId, shopper, orderId } = await holdOne(shop.client, { units: [2] });
  const refund = (id: string, body: unknown = { reason: 'arrived broken' }) =>
    shop.client.admin<HandAnswer>('POST', `/api/orders/${id}/refund`, body);
  expectProblem(await refund(orderId), 409, 'NOT_PAID', { orderId });
  await shopper.pay(orderId);
  expectProblem(await refund(orderId, {}), 400, 'INVALID_REQUEST', { field: 'reason' });
  for (let i = 0; i < 2; i++)
    expect(await refund(orderId)).toMatchObject({ status: 200, body: { orderId, moneyBack: 'done' } });
  expect(only(await refunds(orderId))).toMatchObject({ reason: 'admin: arrived broken', status: 'DONE' });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({
    status: 'PAID',
    moneyBack: 'done',
    moneyBackCause: 'merchant',
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

/** A PAID order whose money the bank has let go of before the shop could take it. */
async function neverCaptured() {
  const held = await holdOne(shop.client);
  const event = bankEvent(held.order);
  const { paymentId, orderId, amount, currency } = event;
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
  expect((await held.shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({ status: 'PAID' });
  const hand = (verb: string, body: unknown = { reason: 'sent a bank transfer' }) =>
    shop.client.admin<HandAnswer>('POST', `/api/orders/${orderId}/${verb}`, body);
  const alarm = async () => (await alarms()).find(({ alarmId }) => alarmId === `captureFailed:${orderId}`);
  const record = () => shop.mongo.collection('orders').findOne({ _id: orderId as never });
  return { ...held, event, hand, alarm, record };
}

test('money that the bank has let go of: the order stays PAID, an alarm says what and how much, and another try changes nothing', async () => {
  const { order, orderId, event, hand, alarm } = await neverCaptured();
  const { paymentId } = event;
  const about = { orderId, paymentId, amount: order.total, currency: order.currency, tries: 1 };
  expect(await alarm()).toMatchObject({ subject: orderId, about });
  expect(await hand('capture', {})).toMatchObject({ status: 200, body: { orderId, captured: false } });
  expect(await alarm()).toMatchObject({ about });
});

test('the merchant gives up money that cannot be taken, saying how it was settled: nobody tries again', async () => {
  const { saleId, orderId, hand, alarm, record } = await neverCaptured();
  expectProblem(await hand('capture/give-up', { reason: ' ' }), 400, 'INVALID_REQUEST', { field: 'reason' });
  for (let i = 0; i < 2; i++)
    expect(await hand('capture/give-up')).toMatchObject({ status: 200, body: { orderId, moneyBack: null } });
  expect(await alarm()).toBeUndefined();
  const closed = await shop.mongo.collection('alarms').findOne({ subject: orderId });
  expect(closed).toMatchObject({ open: false, note: 'sent a bank transfer' });
  expect(await record()).toMatchObject({ status: 'PAID', captured: false, captureFailed: true });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ sold: 1 });
  expect(await refunds(orderId)).toEqual([]);
});

test('the merchant lets the money of such an order go: once, the order stays PAID and its customer reads of it', async () => {
  const { saleId, shopper, orderId, hand, alarm, record } = await neverCaptured();
  for (let i = 0; i < 2; i++) expect(await hand('refund')).toMatchObject({ status: 200, body: { moneyBack: 'done' } });
  expect(await alarm()).toBeUndefined();
  expect(only(await refunds(orderId))).toMatchObject({ reason: 'admin: sent a bank transfer', status: 'DONE' });
  expect(await record()).toMatchObject({ status: 'PAID', captured: false, captureFailed: true });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({
    status: 'PAID',
    moneyBack: 'done',
    moneyBackCause: 'merchant',
  });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 9, sold: 1 });
});

test('there is nothing to decide while the shop takes the money by itself, or has it', async () => {
  const { shopper, orderId } = await holdOne(shop.client);
  const hand = (verb: string) => shop.client.admin('POST', `/api/orders/${orderId}/${verb}`, { reason: 'x' });
  expectProblem(await hand('capture/give-up'), 409, 'NOT_PAID', { orderId });
  await shopper.pay(orderId);
  expectProblem(await hand('capture/give-up'), 409, 'ORDER_ALREADY_PAID', { orderId });
  await shop.mongo.collection('orders').updateOne({ _id: orderId as never }, { $set: { captured: false } });
  for (const verb of ['capture/give-up', 'refund']) expectProblem(await hand(verb), 409, 'NOT_CAPTURED', { orderId });
});

test('only the merchant sees and touches alarms, refunds and captures', async () => {
  const { shopper, orderId } = await holdOne(shop.client);
  await shopper.pay(orderId);
  for (const [method, path, body] of [
    ['GET', '/api/alarms', undefined],
    ['POST', '/api/alarms/x:y/close', { reason: 'mine' }],
    ['POST', `/api/orders/${orderId}/refund`, { reason: 'mine' }],
    ['POST', `/api/orders/${orderId}/capture`, {}],
    ['POST', `/api/orders/${orderId}/capture/give-up`, { reason: 'mine' }],
  ] as const)
    expectProblem(await shopper.call(method, path, { body }), 401, 'UNAUTHORIZED');
  expect(await refunds(orderId)).toEqual([]);
});
