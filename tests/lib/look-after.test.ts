import { expect, test } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { cancel, checkout, type Order } from '#lib/orders/index.ts';
import {
  type BankChoice,
  lookAfter,
  type PaymentProvider,
  ProviderUnavailableError,
  receive,
  redo,
  start,
} from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { checkoutRequest, type FreshSale, freshSale, world } from '#tests/support/world.ts';

async function reserved(shop: HoldfastProcess, sale?: FreshSale): Promise<Order> {
  const outcome = await checkout(shop, checkoutRequest(sale ?? (await freshSale(shop))));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  return outcome.order;
}

/** The shopper acts on the bank's page, and its webhook never comes. */
async function silently(shop: HoldfastProcess, order: Order, choice: BankChoice): Promise<void> {
  await shop.sandbox!.decide(order, choice);
}

/** The real provider, which cannot be asked to do one thing for the next `times` times. */
function failing(
  shop: HoldfastProcess,
  verb: 'authorise' | 'capture' | 'void' | 'lookup',
  times: number,
): PaymentProvider {
  let left = times;
  return new Proxy<PaymentProvider>(shop.provider, {
    get: (provider, name: keyof PaymentProvider) => {
      if (name === verb && left-- > 0)
        return () => Promise.reject(new ProviderUnavailableError(`${verb} is told to fail`));
      const own = provider[name];
      return typeof own === 'function' ? (own as (...args: never[]) => unknown).bind(provider) : own;
    },
  });
}

/** As if the moment for which a step was put off had come. */
async function makeDue(shop: HoldfastProcess, orderId: string): Promise<void> {
  await Promise.all([
    shop.models.payments.updateOne({ _id: orderId }, { $set: { lookAt: new Date(0) } }),
    shop.models.refunds.updateMany({ orderId }, { $set: { tryAt: new Date(0) } }),
    shop.models.orders.updateOne({ _id: orderId }, { $set: { captureAt: new Date(0) } }),
    shop.models.paymentEvents.updateMany({ orderId }, { $set: { tryAt: new Date(0) } }),
  ]);
}

test('starting to pay gives the hold its one extension for paying; again it is the same payment and the same deadline', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const first = await start(shop, order, 'http://shop.test');
  if (first.status !== 'started') throw new Error(first.status);
  expect(first.deadlineMs).toBeGreaterThan(order.deadlineMs);
  const again = await start(shop, order, 'http://shop.test');
  expect(again).toMatchObject({ status: 'started', payment: first.payment, deadlineMs: first.deadlineMs });
  expect((await shop.orders.find(order.orderId))?.extensions).toEqual(['paying']);
});

test('a provider that is down costs nothing: the hold stays as it was, and the same call works later', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const counter = { ...shop, provider: failing(shop, 'authorise', 1) };
  await expect(start(counter, order, '')).rejects.toThrow(ProviderUnavailableError);
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED', extensions: [] });
  expect(await start(counter, order, '')).toMatchObject({ status: 'started' });
});

test('an ended order starts no payment', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await cancel(shop, order, 'SHOPPER');
  expect(await start(shop, order, '')).toMatchObject({ status: 'ended', order: { reason: 'SHOPPER' } });
});

test('a webhook that never comes: the provider is asked before the deadline, and the order is PAID', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await start(shop, order, '');
  const begun = await shop.models.payments.findById(order.orderId).lean();
  expect(begun!.lookAt.getTime()).toBeLessThan(order.deadlineMs);
  await silently(shop, order, 'authorized');
  await makeDue(shop, order.orderId);
  expect((await lookAfter(shop)).errors).toEqual([]);
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID', captured: true });
  expect(await shop.models.payments.findById(order.orderId).lean()).toMatchObject({ ended: true });
});

test('a reply that was lost: the payment is found by its order', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await start(shop, order, '');
  await shop.models.payments.updateOne({ _id: order.orderId }, { $unset: { payment: 1 } });
  await silently(shop, order, 'authorized');
  await makeDue(shop, order.orderId);
  await lookAfter(shop);
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID' });
});

test('an order that has ended closes its payment, so that nobody pays for nothing; money that came silently goes back', async () => {
  const shop = await world();
  const [unpaid, paid] = [await reserved(shop), await reserved(shop)];
  for (const order of [unpaid, paid]) {
    await start(shop, order, '');
    if (order === paid) await silently(shop, paid, 'authorized');
    await cancel(shop, order, 'SHOPPER');
    await makeDue(shop, order.orderId);
  }
  await lookAfter(shop);
  for (const { orderId } of [unpaid, paid]) {
    expect(await shop.provider.lookup({ orderId })).toMatchObject({ standing: 'voided' });
    expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: true });
  }
  expect(await shop.outbox.ofOrders([unpaid.orderId, paid.orderId])).toEqual(new Map([[paid.orderId, 'done']]));
});

test('a payment still open in time is asked about again; one that cannot be asked about too', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await start(shop, order, '');
  await makeDue(shop, order.orderId);
  await lookAfter(shop);
  const { deadlineMs } = (await shop.orders.find(order.orderId))!;
  const again = await shop.models.payments.findById(order.orderId).lean();
  expect(again).toMatchObject({ ended: false, lookAt: new Date(deadlineMs - LIMITS.lookBeforeMs) });
  await makeDue(shop, order.orderId);
  const { errors } = await lookAfter({ ...shop, provider: failing(shop, 'lookup', 1) });
  expect(errors).toHaveLength(1);
  expect((await shop.models.payments.findById(order.orderId).lean())!.lookAt.getTime()).toBeGreaterThan(Date.now());
});

test('capture that fails leaves the order PAID and is done again; after ten times somebody is told', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const till = { ...shop, provider: failing(shop, 'capture', LIMITS.paymentAttempts) };
  const { rawBody, headers } = await shop.sandbox!.decide(order, 'authorized');
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(verified.status);
  expect(await receive(till, verified.event)).toMatchObject({ status: 'paid' });
  for (let tries = 1; tries < LIMITS.paymentAttempts; tries++) {
    expect((await redo(till)).captures, 'not before its time').toBe(0);
    await makeDue(shop, order.orderId);
    expect(await redo(till)).toMatchObject({ captures: 1, errors: [expect.any(ProviderUnavailableError)] });
  }
  expect(await shop.models.alarms.findById(`captureStuck:${order.orderId}`).lean()).toMatchObject({ open: true });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID', captured: false });
  await makeDue(shop, order.orderId);
  expect(await redo(till)).toMatchObject({ captures: 1, errors: [] });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ captured: true });
});

test('money that can never be captured is not tried for ever: the alarm says so', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const { rawBody, headers } = await shop.sandbox!.decide(order, 'authorized');
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(verified.status);
  await shop.provider.void({ ...verified.event }); // its time ran out at the bank
  expect(await receive(shop, verified.event)).toMatchObject({ status: 'paid' });
  expect(await shop.models.alarms.findById(`captureFailed:${order.orderId}`).lean()).toMatchObject({ open: true });
  await makeDue(shop, order.orderId);
  expect((await redo(shop)).captures).toBe(0);
});

test('money that cannot be given back stays owed and is tried again; after ten times somebody is told; it goes back once', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await cancel(shop, order, 'SHOPPER');
  const { rawBody, headers } = await shop.sandbox!.decide(order, 'authorized');
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(verified.status);
  const till = { ...shop, provider: failing(shop, 'void', LIMITS.paymentAttempts) };
  const { outbox } = await import('#lib/payments/index.ts');
  till.outbox = outbox(shop.models, till.provider, shop.alarms);
  await expect(receive(till, verified.event)).rejects.toThrow(ProviderUnavailableError);
  expect(await shop.outbox.ofOrders([order.orderId])).toEqual(new Map([[order.orderId, 'pending']]));
  for (let tries = 1; tries < LIMITS.paymentAttempts; tries++) {
    await shop.models.refunds.updateMany({ orderId: order.orderId }, { $set: { tryAt: new Date(0) } });
    expect((await redo(till)).refunds).toBe(1);
  }
  const paymentId = verified.event.paymentId;
  expect(await shop.models.refunds.findById(paymentId).lean()).toMatchObject({ status: 'PENDING', attempts: 10 });
  await makeDue(shop, order.orderId);
  expect((await redo(till)).errors).toEqual([]);
  expect(await shop.models.refunds.findById(paymentId).lean()).toMatchObject({ status: 'DONE' });
  expect(await shop.models.alarms.findById(`refundStuck:${paymentId}`).lean()).toMatchObject({ kind: 'refundStuck' });
  expect(await shop.provider.lookup({ orderId: order.orderId })).toMatchObject({ standing: 'voided' });
});

test('a request that begins a payment after its order has ended, and after the shop has looked, finds it ended', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const counter = { ...shop, provider: failing(shop, 'authorise', 1) };
  await expect(start(counter, order, '')).rejects.toThrow(ProviderUnavailableError); // it is on its way, however long
  await cancel(shop, order, 'SHOPPER');
  await makeDue(shop, order.orderId);
  expect((await lookAfter(shop)).errors).toEqual([]);
  expect(await shop.models.payments.findById(order.orderId).lean()).toMatchObject({ ended: true });
  const { orderId, total, currency } = order;
  const { payment } = await shop.provider.authorise({ orderId, total, currency }); // now it arrives
  expect(await shop.provider.lookup(payment)).toMatchObject({ standing: 'voided' });
});

test('a provider that can never say what became of a payment is not asked for ever: somebody is told', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await start(shop, order, '');
  await makeDue(shop, order.orderId);
  await shop.models.payments.updateOne({ _id: order.orderId }, { $set: { looks: LIMITS.paymentLooks - 1 } });
  expect((await lookAfter({ ...shop, provider: failing(shop, 'lookup', 1) })).errors).toHaveLength(1);
  expect(await shop.models.alarms.findById(`paymentUnknown:${order.orderId}`).lean()).toMatchObject({ open: true });
  expect(await shop.models.payments.findById(order.orderId).lean()).toMatchObject({ ended: true });
});
