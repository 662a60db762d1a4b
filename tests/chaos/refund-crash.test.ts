import { afterEach, expect, test } from 'vitest';
import type { CrashPoint } from '#lib/crash.ts';
import { holdOne, only } from '#tests/api/shop.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { type BankFloor, bankFloor } from '#tests/support/bank.ts';
import { expectDied } from '#tests/support/crash.ts';
import { extent } from '#tests/support/extent.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

let shop: BankFloor | undefined;
let look: Witness | undefined;

afterEach(async () => {
  await look?.close();
  await shop?.close();
});

/** A payment that was begun for an order which then ended, in a shop whose web process dies at this step. */
async function lostPayment(at: CrashPoint) {
  shop = await bankFloor({ CRASH_AT: at }, { workers: 0 });
  look = await witness(shop.floor);
  const { orderId, shopper } = await holdOne(shop.web.client, { units: [1], price: 1_999, holdSeconds: 8 });
  const start = () => shopper.call<{ pay: { url: string } }>('POST', '/api/payment/start', { body: { orderId } });
  return { shop, look, orderId, shopper, start };
}

test.each<CrashPoint>(extent({ sample: ['after_refund'], whole: ['before_refund', 'after_refund'] }))(
  'a process dies at %s: another one gives the money back, and the bank is asked for it once',
  async (at) => {
    const { shop, look, orderId, shopper, start } = await lostPayment(at);
    const page = (await start()).body.pay.url;
    await shopper.call('POST', `/api/orders/${orderId}/cancel`, { body: {} }).catch(() => {});
    await shop.bank.choose(page, 'approve');
    await expectDied(shop.web, at);
    expect(await look.refunds.findOne({ orderId })).toMatchObject({ status: 'PENDING', attempts: 1 });

    await shop.floor.worker({ CRASH_AT: '' });
    await until(async () => (await look.refunds.findOne({ orderId }))?.status === 'DONE', {
      what: 'the money is back',
      timeoutMs: 30_000,
    });
    const { standing, entries } = only(await shop.bank.payments(orderId));
    expect(standing).toBe('voided');
    expect(entries.filter(({ kind }) => kind === 'voided' || kind === 'refunded')).toHaveLength(1);
    expect(entries.filter(({ kind }) => kind === 'captured')).toEqual([]);
    expect(await look.refunds.countDocuments({ orderId })).toBe(1);
    expect(await look.orders.findOne({ _id: orderId })).toMatchObject({ status: 'CANCELLED' });
    await expectPromisesKept(shop.floor, look);
  },
);

test('a process dies when the bank has begun a payment and before that is noted: a worker ends it with its hold', async () => {
  const { shop, look, orderId, shopper, start } = await lostPayment('after_authorise');
  await expect(start()).rejects.toThrow();
  await expectDied(shop.web, 'after_authorise');
  expect(await look.db.collection('payments').findOne({ _id: orderId as never })).toMatchObject({ ended: false });

  const [web] = await Promise.all([shop.floor.web({ CRASH_AT: '' }), shop.floor.worker({ CRASH_AT: '' })]);
  const again = web.client.shopper(shopper.cookie);
  expect((await again.call('POST', `/api/orders/${orderId}/cancel`, { body: {} })).status).toBe(200);
  await until(async () => only(await shop.bank.payments(orderId)).standing === 'voided', {
    what: 'nobody can pay it any more',
    timeoutMs: 60_000,
  });
  const { entries } = only(await shop.bank.payments(orderId));
  expect(entries.map(({ kind }) => kind)).toEqual(['voided']);
  await expectPromisesKept(shop.floor, look);
});
