import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { StartPaymentAnswer } from '#lib/contract.ts';
import { expectProblem, holdOne, only } from '#tests/api/shop.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { openBank } from '#tests/support/open-bank.ts';
import { until } from '#tests/support/until.ts';
import { wholeTest } from '#tests/support/whole-test.ts';

/** Real web, worker and bank processes: what a payment provider does wrong, one fault at a time. */
const its = openBank();

async function hold({ holdSeconds = 20 } = {}) {
  const held = await holdOne(its.web.client, { units: [2], price: 1_999, holdSeconds, extendSeconds: 2 });
  const { saleId, shopper, orderId } = held;
  const begin = () => shopper.call<StartPaymentAnswer>('POST', '/api/payment/start', { body: { orderId } });
  return {
    ...held,
    begin,
    async start() {
      const { body } = await until(async () => [await begin()].find(({ status }) => status === 200), { what: 'begun' });
      return (body.pay as { url: string }).url;
    },
    stored: () => its.look.orders.findOne({ _id: orderId }),
    ends: (status: 'PAID' | 'CANCELLED') =>
      until(async () => (await its.look.orders.findOne({ _id: orderId }))?.status === status, {
        what: `it is ${status}`,
      }),
    stands: (...standings: string[]) =>
      until(
        async () => {
          const found = (await its.bank.payments(orderId)).map(({ standing }) => standing).sort();
          if (found.join() !== standings.sort().join()) throw new Error(found.join());
          return true;
        },
        { what: `the bank has ${standings}` },
      ),
    async units() {
      const { products } = await its.web.client.look(saleId);
      return { free: products[0]?.available, held: products[0]?.held, sold: products[0]?.sold };
    },
    refunds: () => its.look.refunds.find({ orderId }).toArray(),
    alarms: () =>
      its.look.db
        .collection('alarms')
        .find({ open: true, subject: { $regex: orderId } })
        .toArray(),
  };
}

test('the bank says everything fifty times at once: each word counts once', async () => {
  const one = await hold();
  const page = await one.start();
  await its.bank.faults({ copies: 50 });
  await its.bank.choose(page, 'approve', 'duplicate');
  await one.ends('PAID');
  await one.stands('captured');
  await its.bank.untilTold();
  const events = await its.look.events.find({ orderId: one.orderId }).toArray();
  expect(events.map(({ type, done }) => `${type} ${done}`).sort()).toEqual([
    'payment.authorized true',
    'payment.captured true',
  ]);
  expect(await one.units()).toEqual({ free: 1, held: 0, sold: 1 });
});

test('the bank tells "captured" first, "approved" later and "declined" last: the order is paid once', async () => {
  const one = await hold();
  const page = await one.start();
  await its.bank.choose(page, 'decline', 'shuffled');
  await its.bank.choose(page, 'approve', 'shuffled', 'capturing');
  await its.bank.untilTold();
  const told = await its.look.events.find({ orderId: one.orderId }).sort({ receivedAt: 1 }).toArray();
  expect(told.map(({ type }) => type)).toEqual(['payment.captured', 'payment.authorized', 'payment.declined']);
  await one.ends('PAID');
  await one.stands('captured');
});

test('no webhook ever comes: the shop asks before the hold runs out, of approval and of refusal', async () => {
  const [approved, refused] = [await hold({ holdSeconds: 4 }), await hold({ holdSeconds: 4 })];
  await its.bank.choose(await approved.start(), 'approve', 'silent');
  await its.bank.choose(await refused.start(), 'refuse', 'silent');
  await approved.ends('PAID');
  await approved.stands('captured');
  await refused.ends('CANCELLED');
  expect(await refused.stored()).toMatchObject({ reason: 'PAYMENT_FAILED' });
  expect(await its.look.events.countDocuments({ orderId: approved.orderId, type: 'payment.authorized' })).toBe(1);
});

test('the shopper walks away from the bank page: when the hold is over nobody can pay there any more', async () => {
  const one = await hold({ holdSeconds: 2 });
  const page = await one.start();
  await one.ends('CANCELLED');
  await one.stands('voided');
  await its.bank.choose(page, 'approve');
  expect(only(await its.bank.payments(one.orderId)).entries.map(({ kind }) => kind)).toEqual(['voided']);
  await until(async () => (await its.look.db.collection('payments').findOne({ _id: one.orderId as never }))?.ended, {
    what: 'nothing is left to look after',
  });
});

test('the approval is heard of only after the hold is over: the order stays cancelled, and the money goes back once', async () => {
  const one = await hold({ holdSeconds: 2 });
  const page = await one.start();
  await its.bank.faults({ lateMs: 6_000, downNext: 1_000 }); // and the bank cannot be asked before that either
  await its.bank.choose(page, 'approve', 'late', 'duplicate');
  await one.ends('CANCELLED');
  await its.bank.faults();
  await one.stands('voided');
  await its.bank.untilTold();
  await until(async () => (await one.refunds())[0]?.status === 'DONE', { what: 'it is on record' });
  expect(only(await one.refunds())).toMatchObject({ amount: 1_999, currency: 'EUR' });
  expect(await one.stored()).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED' });
  expect(await one.units()).toEqual({ free: 2, held: 0, sold: 0 });
});

wholeTest('approvals race the end of their holds: each is paid and captured, or cancelled and given back', async () => {
  const race = async (_: unknown, i: number) => {
    for (;;) {
      const one = await hold({ holdSeconds: 2 });
      const { status, body } = await one.begin();
      if (status !== 200) continue; // a machine so slow that the hold was over before it began
      const at = Date.parse(body.expiresAt) + (i - 12) * 15;
      await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
      await its.bank.choose((body.pay as { url: string }).url, 'approve', ...(i % 3 === 0 ? ['silent'] : []));
      return one;
    }
  };
  const races = await Promise.all(Array.from({ length: 24 }, race));
  for (const one of races) {
    const { status } = await until(async () => [await one.stored()].find((order) => order?.status !== 'RESERVED'), {
      what: 'it is decided',
    });
    await one.stands(status === 'PAID' ? 'captured' : 'voided');
  }
});

test('the shopper pays twice: the second payment goes back, refunded if the bank had taken it already', async () => {
  const [twice, taken] = [await hold(), await hold()];
  await its.bank.choose(await twice.start(), 'approve', 'doublePaying');
  await its.bank.choose(await taken.start(), 'approve', 'doublePaying', 'capturing');
  await twice.ends('PAID');
  await twice.stands('captured', 'voided');
  await taken.ends('PAID');
  await taken.stands('captured', 'refunded');
  for (const one of [twice, taken]) {
    await until(async () => (await one.refunds())[0]?.status === 'DONE', { what: 'it is on record' });
    expect(only(await one.refunds())._id).not.toBe((await one.stored())?.payment);
  }
});

test('another amount or currency never buys: the money goes back, somebody is told, and the hold goes on', async () => {
  for (const fault of ['wrongAmount', 'wrongCurrency']) {
    const one = await hold();
    await its.bank.choose(await one.start(), 'approve', fault);
    await one.stands('voided');
    expect(await one.stored()).toMatchObject({ status: 'RESERVED' });
    expect(only(await one.alarms())).toMatchObject({ kind: 'paymentMismatch' });
    expect(await one.shopper.call('POST', `/api/orders/${one.orderId}/cancel`)).toMatchObject({ status: 200 });
  }
});

test('money for an order that nobody knows goes back', async () => {
  const due = { orderId: randomUUID(), total: 700, currency: 'EUR' };
  const { url } = await its.bank.begin(due);
  await its.bank.choose(url, 'approve');
  await until(async () => (await its.bank.payments(due.orderId))[0]?.standing === 'voided', { what: 'it goes back' });
  await its.bank.untilTold();
  expect(await its.look.orders.findOne({ _id: due.orderId })).toMatchObject({ status: 'CANCELLED', tokens: [] });
});

test('the bank is down while a payment is begun: the shopper is told to try again, the hold stays, and it is one payment', async () => {
  const one = await hold();
  its.bank.running.signal('SIGKILL');
  await its.bank.running.exit;
  const refused = await one.begin();
  expectProblem(refused, 503, 'PAYMENT_UNAVAILABLE', { orderId: one.orderId });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(await one.stored()).toMatchObject({ status: 'RESERVED' });
  await its.bank.restart();
  await its.bank.faults({ downNext: 1_000 }); // a worker may ask meanwhile
  expect([(await one.begin()).status, (await one.begin()).status]).toEqual([503, 503]);
  await its.bank.faults();
  await its.bank.choose(await one.start(), 'approve');
  await one.ends('PAID');
  await one.stands('captured');
});

test('the bank begins a payment, its answer is lost and its memory of the key too: the shop finds the payment by its order', async () => {
  const one = await hold();
  await its.bank.faults({ forgetKeys: 1, replyLost: 1 });
  for (let i = 0; i < 3; i++) expect((await one.begin()).status).toBe(503); // its look-up's answer is lost first
  await its.bank.begin({ orderId: one.orderId, total: one.order.total, currency: 'EUR' }).catch(() => {});
  await its.bank.faults({ forgetKeys: 1 });
  const page = await one.start();
  expect(await one.start()).toBe(page);
  expect(await its.bank.payments(one.orderId)).toHaveLength(1);
  await its.bank.choose(page, 'approve');
  await one.ends('PAID');
  await one.stands('captured');
});

test('the bank captures and its answer is lost, again and again: the money is taken once', async () => {
  const one = await hold();
  const page = await one.start();
  await its.bank.faults({ replyLost: 1 });
  await its.bank.choose(page, 'approve');
  await one.ends('PAID');
  expect(await one.stored()).toMatchObject({ captured: false });
  await its.bank.faults();
  await until(async () => (await one.stored())?.captured, { what: 'it is on record' });
  expect(only(await its.bank.payments(one.orderId)).entries.map(({ kind }) => kind)).toEqual([
    'authorized',
    'captured',
  ]);
});

test('the bank hangs: who pays by the button is told "paid" all the same, and the money is taken when it wakes', async () => {
  const one = await hold();
  await one.start();
  its.bank.running.signal('SIGSTOP');
  const answer = await one.shopper.pay(one.orderId).finally(() => its.bank.running.signal('SIGCONT'));
  expect(answer).toMatchObject({ status: 200, body: { status: 'PAID' } });
  await one.stands('captured');
});

test('giving money back fails ten times: it is never dropped, somebody is told, and it goes back once', async () => {
  const one = await hold();
  const page = await one.start();
  await its.bank.faults({ refundsDownNext: 18 });
  await one.shopper.call('POST', `/api/orders/${one.orderId}/cancel`);
  await its.bank.choose(page, 'approve', 'capturing');
  const hurry = () => its.look.refunds.updateMany({ orderId: one.orderId }, { $set: { tryAt: new Date() } });
  await until(async () => (await hurry()) && (await one.refunds())[0]?.status === 'DONE', { what: 'it went back' });
  expect(only(await one.refunds()).attempts).toBeGreaterThan(10); // closing the begun payment has failed some times too
  const told = () =>
    its.look.db.collection('alarms').findOne({ kind: 'refundStuck', subject: { $regex: one.orderId } });
  await until(async () => (await told())?.over, { what: 'the alarm was raised, and is over' });
  expect(only(await its.bank.payments(one.orderId)).entries.map(({ kind }) => kind)).toEqual([
    'authorized',
    'captured',
    'refunded',
  ]);
});

test('after all of that the bank and the shop agree, and what the shoppers were told is true', async () => {
  await its.bank.untilTold();
  await expectPromisesKept(its.floor, its.look);
});
