import { expect, test } from 'vitest';
import { auditBank } from '#lib/audit/bank.ts';
import { cancel, checkout, type Order } from '#lib/orders/index.ts';
import { paymentIdOf, receive } from '#lib/payments/index.ts';
import { checkoutRequest, freshSale, world } from '#tests/support/world.ts';

async function order(): Promise<Order> {
  const shop = await world();
  const placed = await checkout(shop, checkoutRequest(await freshSale(shop)));
  if (placed.status !== 'reserved') throw new Error(placed.status);
  return placed.order;
}

async function authorized({ orderId, total: amount, currency }: Order, paymentId = paymentIdOf(orderId)) {
  const shop = await world();
  const event = { eventId: `event-${paymentId}`, type: 'payment.authorized', paymentId, orderId, amount, currency };
  return receive(shop, event);
}

/** Break something, hear what the auditor says of it, and put it right again. */
async function said(breaking: () => Promise<unknown>, mending: () => Promise<unknown>): Promise<string[]> {
  const shop = await world();
  expect(await auditBank(shop)).toEqual([]);
  await breaking();
  const found = (await auditBank(shop)) ?? [];
  await mending();
  expect(await auditBank(shop)).toEqual([]);
  expect(found.every(({ invariant }) => invariant === 'I8')).toBe(true);
  return found.map(({ what }) => what);
}

test('the auditor compares the ledger with the orders to the cent, and names whatever does not fit', async () => {
  const shop = await world();
  const { sandboxPayments, orders, refunds, alarms } = shop.models;
  const [won, lost, kept] = [await order(), await order(), await order()];
  await authorized(won);
  await authorized(won, 'pay-second');
  await cancel(shop, lost, 'SHOPPER');
  await authorized(lost);
  const _id = paymentIdOf(won.orderId);
  const paid = (await sandboxPayments.findById(_id).lean())!;
  expect(paid.status).toBe('captured');
  const restore = (record = paid) => sandboxPayments.collection.replaceOne({ _id: record._id as never }, record);
  const change = (entries: object[]) =>
    sandboxPayments.collection.updateOne({ _id: _id as never }, { $set: { entries } });
  const [authorizedEntry, capturedEntry] = paid.entries as [object, object];

  expect(await said(() => change([authorizedEntry]), restore)).toEqual([
    `order ${won.orderId} is PAID, its money is not captured, and nobody was told`,
  ]);
  expect(await said(() => change([authorizedEntry, { ...capturedEntry, amount: won.total + 1 }]), restore)).toEqual([
    `payment ${_id} took ${won.total + 1} EUR, its order costs ${won.total} EUR`,
  ]);
  expect(await said(() => change([authorizedEntry, { ...capturedEntry, currency: 'USD' }]), restore)).toEqual([
    `payment ${_id} took ${won.total} USD, its order costs ${won.total} EUR`,
  ]);
  expect(await said(() => change([authorizedEntry, capturedEntry, capturedEntry]), restore)).toEqual([
    `payment ${_id} was captured, voided or refunded more than once`,
  ]);
  expect(await said(() => change([...paid.entries, { ...capturedEntry, kind: 'voided' }]), restore)).toEqual([
    `payment ${_id} was captured and voided`,
  ]);
  expect(await said(() => change([...paid.entries, { ...capturedEntry, kind: 'refunded' }]), restore)).toEqual([
    `payment ${_id} was given back, and no row of \`refunds\` says why`,
  ]);

  const elsewhere = () =>
    sandboxPayments.collection.updateOne({ _id: _id as never }, { $set: { orderId: lost.orderId } });
  expect(await said(elsewhere, restore)).toEqual([
    `payment ${_id} was captured for order ${lost.orderId}, which is CANCELLED without it`,
    `order ${won.orderId} is PAID by payment ${_id}, which is for ${lost.orderId}`,
  ]);

  // An alarm about something else says nothing of money that was never taken, nor does one that is over.
  const forget = () => restore().then(() => alarms.deleteMany({}));
  const untaken = () => change([authorizedEntry]);
  const nobodyTold = [`order ${won.orderId} is PAID, its money is not captured, and nobody was told`];
  for (const kind of ['paymentUnknown', 'otherMode'] as const)
    expect(await said(() => untaken().then(() => shop.alarms.raise(kind, won.orderId, 'a test')), forget)).toEqual(
      nobodyTold,
    );
  const overByNow = async () => {
    await untaken();
    await shop.alarms.raise('captureStuck', won.orderId, 'a test');
    await shop.alarms.over('captureStuck', won.orderId);
  };
  expect(await said(overByNow, forget)).toEqual(nobodyTold);

  // A winner goes back by a human's word alone.
  const goesBack = async (reason: string, amount = won.total) => {
    await change([...paid.entries, { ...capturedEntry, kind: 'refunded', amount }]);
    await shop.outbox.owe({ paymentId: _id, orderId: won.orderId, amount: won.total, currency: 'EUR' }, reason);
  };
  const stays = async () => {
    await restore();
    await refunds.deleteOne({ _id });
    await alarms.deleteMany({});
  };
  const unasked = [`payment ${_id} was given back though it has won, and no human has decided or was told so`];
  expect(await said(() => goesBack('ended'), stays)).toEqual(unasked);
  expect(await said(() => goesBack('outside'), stays)).toEqual(unasked);
  expect(await said(() => goesBack('admin: a gift'), stays)).toEqual([]);
  expect(await said(() => goesBack('admin: a gift', won.total - 1), stays)).toEqual([
    `payment ${_id} gave back ${won.total - 1} EUR, it had taken ${won.total} EUR`,
  ]);
  const outside = () => shop.alarms.raise('refundedOutside', won.orderId, 'a test');
  expect(await said(() => goesBack('outside').then(outside), stays)).toEqual([]);

  const lostId = paymentIdOf(lost.orderId);
  const givenBack = (await sandboxPayments.findById(lostId).lean())!;
  expect(givenBack.status).toBe('voided');
  expect(
    await said(
      () => sandboxPayments.collection.updateOne({ _id: lostId as never }, { $pop: { entries: 1 } }),
      () => restore(givenBack),
    ),
  ).toEqual([`payment ${lostId} still holds money for order ${lost.orderId}, which is CANCELLED without it`]);
  expect(
    await said(
      () => sandboxPayments.collection.updateOne({ _id: lostId as never }, { $set: { 'entries.1.kind': 'captured' } }),
      () => restore(givenBack),
    ),
  ).toEqual([`payment ${lostId} was captured for order ${lost.orderId}, which is CANCELLED without it`]);
  expect(
    await said(
      () => orders.collection.updateOne({ _id: won.orderId as never }, { $set: { payment: 'pay-second' } }),
      () => orders.collection.updateOne({ _id: won.orderId as never }, { $set: { payment: _id } }),
    ),
  ).toEqual([
    `payment ${_id} was captured for order ${won.orderId}, which is PAID without it`,
    `order ${won.orderId} is PAID, its money is not captured, and nobody was told`,
  ]);
  expect(await refunds.countDocuments()).toBe(2);

  // What a human was told of is no violation, and neither is money that waits for an order under a hold.
  await change([authorizedEntry]);
  await shop.alarms.raise('captureFailed', won.orderId, 'a test');
  expect(await auditBank(shop)).toEqual([]);
  await alarms.deleteMany({});
  await restore();
  await shop.sandbox!.decide(kept, 'authorized');
  expect(await auditBank(shop)).toEqual([]);
});

test('of another provider than the sandbox it says that nothing was checked', async () => {
  const { models } = await world();
  expect(await auditBank({ models, provider: {} })).toBeUndefined();
});
