import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { auditBank } from '#lib/audit/bank.ts';
import { auditMoney } from '#lib/audit/money.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { cancel, checkout, type Order } from '#lib/orders/index.ts';
import {
  alarmSubjects,
  type BankChoice,
  Books,
  giveUp,
  lookAfter,
  type PaymentEvent,
  type PaymentProvider,
  ProviderUnavailableError,
  receive,
  redo,
  refund,
  start,
  tellOtherMode,
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
/** The shopper has approved a payment at the bank. @returns the event that it tells of, checked */
async function approved(shop: HoldfastProcess, order: Order): Promise<PaymentEvent> {
  const { rawBody, headers } = await shop.sandbox!.decide(order, 'authorized');
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(verified.status);
  return verified.event;
}

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

test('a payment that went back is no dead end: the shopper pays by another one of the same order', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const first = await start(shop, order, '');
  if (first.status !== 'started') throw new Error(first.status);
  const wrong = { ...first.payment, amount: 1, eventId: `wrong ${order.orderId}`, type: 'payment.authorized' };
  expect(await receive(shop, wrong)).toMatchObject({ status: 'lost', why: 'mismatch' });
  const second = await start(shop, order, '');
  if (second.status !== 'started') throw new Error(second.status);
  expect(second.payment.paymentId).not.toBe(first.payment.paymentId);
  expect(await start(shop, order, ''), 'again it is the same').toMatchObject({ payment: second.payment });
  expect(
    await receive(shop, { ...second.payment, eventId: `right ${order.orderId}`, type: 'payment.authorized' }),
  ).toMatchObject({ status: 'paid' });
});

test('a sum that the provider refuses is told as such, and nobody looks after it', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const said = vi.spyOn(log(), 'error').mockReturnValue();
  const refusing = doing(shop, 'authorise', async () => ({ status: 'refused', why: 'amount_too_small' }));
  expect(await start({ ...shop, provider: refusing }, order, '')).toEqual({ status: 'impossible' });
  said.mockRestore();
  expect(await shop.models.payments.findById(order.orderId).lean()).toMatchObject({ ended: true });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED', extensions: [] });
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
    expect(await shop.provider.lookup({ orderId })).toMatchObject([{ standing: 'voided' }]);
    expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: true });
  }
  const ended = [(await shop.orders.find(unpaid.orderId))!, (await shop.orders.find(paid.orderId))!];
  const stories = await shop.stories.of(ended);
  expect(stories.get(unpaid.orderId)).toMatchObject({ moneyBack: null, paymentOpen: false });
  expect(stories.get(paid.orderId)).toMatchObject({ moneyBack: 'done', moneyBackCause: 'late' });
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
  const event = await approved(shop, order);
  expect(await receive(till, event)).toMatchObject({ status: 'paid' });
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
  expect(await shop.models.alarms.findById(`captureStuck:${order.orderId}`).lean(), 'nobody need look').toMatchObject({
    open: false,
    over: true,
  });
});

test('an alarm that could not be raised at the tenth failure is raised at the next, of captures and of events', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const event = await approved(shop, order);
  await shop.inbox.store(event);
  await shop.models.paymentEvents.updateOne({ _id: event.eventId }, { $set: { attempts: LIMITS.paymentAttempts } });
  const till = { ...shop, provider: failing(shop, 'capture', 1) };
  await makeDue(shop, order.orderId);
  const alarm = (kind: string, subject: string) => shop.models.alarms.findById(`${kind}:${subject}`).lean();
  await shop.inbox.waiting();
  expect(await alarm('eventStuck', event.eventId)).toMatchObject({ open: true });
  await shop.models.orders.updateOne({ _id: order.orderId }, { $set: { captureAttempts: LIMITS.paymentAttempts } });
  await receive(till, event);
  expect(await alarm('captureStuck', order.orderId)).toMatchObject({ open: true });
  expect(await alarm('eventStuck', event.eventId), 'it is settled now').toMatchObject({ open: false, over: true });
});

test('an alarm is told of once in the log; one that was over opens again, one that a human closed does not', async () => {
  const { alarms, models } = await world();
  const said = vi.spyOn(log(), 'error').mockReturnValue();
  const subject = randomUUID();
  const raise = () => alarms.raise('refundStuck', subject, 'a test');
  const isOpen = async () => (await models.alarms.findById(`refundStuck:${subject}`).lean())?.open;
  await raise();
  await raise();
  expect(said).toHaveBeenCalledTimes(1);
  expect(await alarms.counts()).toContainEqual({ kind: 'refundStuck', open: expect.any(Number) });
  await alarms.over('refundStuck', subject);
  expect(await isOpen()).toBe(false);
  await raise();
  expect(await isOpen()).toBe(true);
  expect(said).toHaveBeenCalledTimes(2);
  await alarms.close(`refundStuck:${subject}`, 'dealt with');
  await raise();
  expect(await isOpen()).toBe(false);
  expect(said).toHaveBeenCalledTimes(2);
  said.mockRestore();
});

test('news of play money where real money is taken raises an alarm, once, and is told in the log', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const said = vi.spyOn(log(), 'error').mockReturnValue();
  for (const eventId of ['evt_1', 'evt_2']) await tellOtherMode(shop, { eventId, orderId: order.orderId });
  expect(said).toHaveBeenCalledTimes(1);
  said.mockRestore();
  expect(await shop.models.alarms.findById(`otherMode:${order.orderId}`).lean()).toMatchObject({
    open: true,
    detail: expect.stringContaining('evt_1'),
  });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'RESERVED' });
});

test('money that can never be captured is not tried for ever: the alarm says so', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const event = await approved(shop, order);
  await shop.provider.void(event); // its time ran out at the bank
  expect(await receive(shop, event)).toMatchObject({ status: 'paid' });
  expect(await shop.models.alarms.findById(`captureFailed:${order.orderId}`).lean()).toMatchObject({ open: true });
  await makeDue(shop, order.orderId);
  expect((await redo(shop)).captures).toBe(0);
});

/** A PAID order of which a worker has told that its money could not be taken so far. */
async function stuck(shop: HoldfastProcess) {
  const order = await reserved(shop);
  const till = { ...shop, provider: failing(shop, 'capture', LIMITS.paymentAttempts) };
  const event = await approved(shop, order);
  await receive(till, event);
  for (let tries = 1; tries < LIMITS.paymentAttempts; tries++) {
    await makeDue(shop, order.orderId);
    await redo(till);
  }
  const alarm = (await shop.models.alarms.findById(`captureStuck:${order.orderId}`).lean())!;
  expect(alarm).toMatchObject({ open: true });
  return { order: (await shop.orders.find(order.orderId))!, alarm };
}

const standingOf = async (shop: HoldfastProcess, { orderId }: { orderId: string }) =>
  (await shop.provider.lookup({ orderId }))[0]?.standing;

test('what a human has given up is not tried again by any worker, and stays PAID', async () => {
  const shop = await world();
  const { order, alarm } = await stuck(shop);
  expect((await alarmSubjects(shop.models, [alarm])).get(alarm._id)).toMatchObject({
    orderId: order.orderId,
    amount: order.total,
    tries: LIMITS.paymentAttempts,
  });
  expect(await giveUp(shop, order, 'paid in cash')).toEqual({ status: 'done' });
  await makeDue(shop, order.orderId);
  expect((await redo(shop)).captures).toBe(0);
  expect(await shop.models.alarms.findById(alarm._id).lean()).toMatchObject({ open: false, note: 'paid in cash' });
  expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID', captured: false });
  expect(await standingOf(shop, order)).toBe('authorized');
});

test('what a human gives back is let go of at the bank, also when that is away at first; it is never taken', async () => {
  const shop = await world();
  const { order, alarm } = await stuck(shop);
  const away = { ...shop, provider: failing(shop, 'void', 1) };
  expect(await refund(away, order, 'will not pay')).toEqual({ status: 'done' });
  expect(await standingOf(shop, order)).toBe('authorized');
  expect(await shop.models.alarms.findById(alarm._id).lean()).toMatchObject({ open: false });
  await makeDue(shop, order.orderId);
  expect(await redo(shop)).toMatchObject({ captures: 0, refunds: 1, errors: [] });
  expect(await standingOf(shop, order)).toBe('voided');
  expect(await refund(shop, order, 'again')).toEqual({ status: 'done' });
  expect(await shop.models.refunds.countDocuments({ orderId: order.orderId })).toBe(1);
  expect((await auditBank(shop))?.filter(({ what }) => what.includes(order.orderId))).toEqual([]);
});

test('money that cannot be given back stays owed and is tried again; after ten times somebody is told; it goes back once', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await cancel(shop, order, 'SHOPPER');
  const event = await approved(shop, order);
  const till = { ...shop, provider: failing(shop, 'void', LIMITS.paymentAttempts) };
  await expect(receive(till, event)).rejects.toThrow(ProviderUnavailableError);
  const ended = (await shop.orders.find(order.orderId))!;
  expect((await shop.stories.of([ended])).get(order.orderId)).toMatchObject({ moneyBack: 'pending' });
  for (let tries = 1; tries < LIMITS.paymentAttempts; tries++) {
    await shop.models.refunds.updateMany({ orderId: order.orderId }, { $set: { tryAt: new Date(0) } });
    expect((await redo(till)).refunds).toBe(1);
  }
  const { paymentId } = event;
  expect(await shop.models.refunds.findById(paymentId).lean()).toMatchObject({ status: 'PENDING', attempts: 10 });
  await makeDue(shop, order.orderId);
  expect((await redo(till)).errors).toEqual([]);
  expect(await shop.models.refunds.findById(paymentId).lean()).toMatchObject({ status: 'DONE' });
  expect(await shop.models.alarms.findById(`refundStuck:${paymentId}`).lean()).toMatchObject({ kind: 'refundStuck' });
  expect(await shop.provider.lookup({ orderId: order.orderId })).toMatchObject([{ standing: 'voided' }]);
});

test('a refund that takes its time is owed until it has arrived, is no violation, and one that failed after all goes back once more', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await cancel(shop, order, 'SHOPPER');
  const event = await approved(shop, order);
  await shop.provider.capture(event); // taken at the bank, without the shop
  let answer: 'pending' | 'refunded' = 'pending';
  const refunds = vi.fn(async () => answer);
  const till = { ...shop, provider: doing(shop, 'refund', refunds) };
  await receive(till, event);
  const row = () => shop.models.refunds.findById(event.paymentId).lean();
  expect(await row()).toMatchObject({ status: 'PENDING', underWay: true, attempts: 0 });
  expect(await auditMoney(shop)).toEqual([]);
  expect((await redo(till)).refunds, 'the provider needs its time').toBe(0);
  answer = 'refunded';
  await makeDue(shop, order.orderId);
  await redo(till);
  expect(await row()).toMatchObject({ status: 'DONE' });
  await receive(till, { ...event, eventId: `failed ${event.paymentId}`, type: 'payment.refundFailed' });
  expect(await row()).toMatchObject({ status: 'PENDING' });
  expect(await shop.models.alarms.findById(`refundStuck:${event.paymentId}`).lean()).toMatchObject({ open: true });
  await redo(till);
  expect(await row()).toMatchObject({ status: 'DONE' });
  expect(await shop.models.alarms.findById(`refundStuck:${event.paymentId}`).lean()).toMatchObject({ open: false });
  expect(refunds).toHaveBeenCalledTimes(3);
});

/** The real provider, with one of its verbs done in another way. */
const doing = <Verb extends keyof PaymentProvider>(shop: HoldfastProcess, verb: Verb, as: PaymentProvider[Verb]) =>
  new Proxy(failing(shop, 'capture', 0), { get: (own, name) => (name === verb ? as : Reflect.get(own, name)) });

test('a second payment that nobody told of goes back; of a paid order the provider is asked in calm times only', async () => {
  const shop = await world();
  const order = await reserved(shop);
  await start(shop, order, '');
  await silently(shop, order, 'authorized');
  await makeDue(shop, order.orderId);
  await lookAfter(shop);
  const { orderId, total: amount, currency } = order;
  const second = { paymentId: `second-${orderId}`, orderId, amount, currency };
  await new Books(shop.models, { announces: false }).decide(second, 'authorized');
  await start(shop, order, ''); // a page that is behind
  await shop.models.payments.updateOne({ _id: orderId }, { $set: { ended: false } });
  await makeDue(shop, orderId);
  const asked = vi.fn(shop.provider.lookup.bind(shop.provider));
  await lookAfter({ ...shop, provider: doing(shop, 'lookup', asked) });
  expect(asked, 'before the deadline').not.toHaveBeenCalled();
  await makeDue(shop, orderId);
  await lookAfter({ ...shop, redisNowMs: async () => Date.now() + 10 * 60_000 });
  expect(await shop.models.sandboxPayments.findById(second.paymentId).lean()).toMatchObject({ status: 'voided' });
  expect(await shop.models.sandboxPayments.findById(`pay-${orderId}`).lean()).toMatchObject({ status: 'captured' });
  expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: true });
});

test.each([-1, 1])(
  'a clock that is %i hour ahead of Redis’s loses nobody’s payment: it is looked after when it is time',
  async (hours) => {
    const shop = await world();
    const order = await reserved(shop, await freshSale(shop, { holdSeconds: 600, extendSeconds: 1 }));
    const redisNowMs = await shop.redisNowMs();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 60 * 60_000 });
    try {
      const wrong = { ...shop, nowMs: Date.now };
      expect(await start(wrong, order, '')).toMatchObject({ status: 'started' });
      const { lookAt } = (await shop.models.payments.findById(order.orderId).lean())!;
      const deadlineMs = order.deadlineMs + 1_000;
      expect(lookAt.getTime(), 'shortly before the deadline').toBeGreaterThan(redisNowMs);
      expect(lookAt.getTime()).toBeLessThan(deadlineMs);
      await silently(shop, order, 'authorized');
      await lookAfter({ ...wrong, redisNowMs: async () => lookAt.getTime() - 1 });
      expect(await shop.orders.find(order.orderId), 'not yet').toMatchObject({ status: 'RESERVED' });
      await lookAfter({ ...wrong, redisNowMs: async () => lookAt.getTime() });
      expect(await shop.orders.find(order.orderId)).toMatchObject({ status: 'PAID' });
    } finally {
      vi.useRealTimers();
    }
  },
);

test('payments are looked at side by side, but not all at once: one slow answer keeps no deadline waiting', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [LIMITS.paymentsAtOnce + 4] });
  for (let i = 0; i < LIMITS.paymentsAtOnce + 4; i++) {
    const order = await reserved(shop, sale);
    await start(shop, order, '');
    await makeDue(shop, order.orderId);
  }
  let waiting = 0;
  let open = () => {};
  const all = new Promise<void>((resolve) => (open = resolve));
  const lookup: PaymentProvider['lookup'] = async (wanted) => {
    waiting += 1;
    expect(waiting).toBeLessThanOrEqual(LIMITS.paymentsAtOnce);
    if (waiting === LIMITS.paymentsAtOnce) open();
    await all; // who is asked one by one never gets here
    waiting -= 1;
    return shop.provider.lookup(wanted);
  };
  const { looks, errors } = await lookAfter({ ...shop, provider: doing(shop, 'lookup', lookup) });
  expect([looks >= LIMITS.paymentsAtOnce + 4, errors]).toEqual([true, []]);
});

test('a worker decides all orders that wait before it takes any money', async () => {
  const shop = await world();
  const orders = [await reserved(shop), await reserved(shop), await reserved(shop)];
  for (const order of orders) {
    const event = await approved(shop, order);
    await shop.inbox.store(event);
    await makeDue(shop, order.orderId);
  }
  const statuses = async () =>
    Promise.all(orders.map(async ({ orderId }) => (await shop.orders.find(orderId))?.status));
  const capture: PaymentProvider['capture'] = async (payment) => {
    expect(await statuses()).toEqual(['PAID', 'PAID', 'PAID']);
    return shop.provider.capture(payment);
  };
  const done = await redo({ ...shop, provider: doing(shop, 'capture', capture) });
  expect(done).toMatchObject({ events: 3, errors: [] });
  for (const { orderId } of orders) expect(await shop.orders.find(orderId)).toMatchObject({ captured: true });
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
  await shop.provider.authorise({ orderId, total, currency }); // now it arrives
  expect(await shop.provider.lookup({ orderId })).toMatchObject([{ standing: 'voided' }]);
});

test('an order that ends while it is looked at is looked at again, with every payment of it: none stays open', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const { orderId, total: amount, currency } = order;
  await start(shop, order, '');
  await silently(shop, order, 'authorized');
  await new Books(shop.models, { announces: false }).open({
    key: `second-${orderId}`,
    orderId,
    amount,
    currency,
  });
  await makeDue(shop, orderId);
  // A provider that is asked for one payment tells of that one, and meanwhile the shopper changes their mind.
  const lookup = vi.fn<PaymentProvider['lookup']>(async (wanted) => {
    await cancel(shop, order, 'SHOPPER');
    const all = await shop.provider.lookup(wanted);
    return all.filter(({ paymentId }) => wanted.all || paymentId === wanted.paymentId);
  });
  expect((await lookAfter({ ...shop, provider: doing(shop, 'lookup', lookup) })).errors).toEqual([]);
  expect(lookup.mock.calls.map(([{ all }]) => all)).toEqual([false, true]);
  expect((await shop.provider.lookup({ orderId })).map(({ standing }) => standing)).toEqual(['voided', 'voided']);
  expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: true });
});

test('a payment whose beginning is on its way when its order has ended can not be paid later, also beside another one', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const { orderId, total, currency } = order;
  const counter = { ...shop, provider: failing(shop, 'authorise', 1) };
  await expect(start(counter, order, '')).rejects.toThrow(ProviderUnavailableError);
  await cancel(shop, order, 'SHOPPER');
  const another = { paymentId: `another-${orderId}`, orderId, amount: total, currency };
  await new Books(shop.models, { announces: false }).decide(another, 'authorized');
  await makeDue(shop, orderId);
  expect((await lookAfter(shop)).errors).toEqual([]);
  expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: true });
  await shop.provider.authorise({ orderId, total, currency }); // now it arrives
  const standings = (await shop.provider.lookup({ orderId })).map(({ standing }) => standing);
  expect(standings).toEqual(['voided', 'voided']);
});

test('a payment whose beginning is on its way is looked after further, whatever became of another one of its order', async () => {
  const shop = await world();
  const order = await reserved(shop);
  const { orderId, currency } = order;
  const counter = { ...shop, provider: failing(shop, 'authorise', 1) };
  await expect(start(counter, order, '')).rejects.toThrow(ProviderUnavailableError);
  const wrong = { paymentId: `wrong-${orderId}`, orderId, amount: 1, currency };
  await new Books(shop.models, { announces: false }).decide(wrong, 'authorized');
  await makeDue(shop, orderId);
  expect((await lookAfter(shop)).errors).toEqual([]);
  expect(await shop.orders.find(orderId)).toMatchObject({ status: 'RESERVED' });
  expect(await shop.models.payments.findById(orderId).lean()).toMatchObject({ ended: false });
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
