import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { expectDied } from '#tests/support/crash.ts';
import { extent } from '#tests/support/extent.ts';
import type { Shopper } from '#tests/support/http.ts';
import { replay } from '#tests/support/ledger.ts';
import { makeOverdue } from '#tests/support/overdue.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { wholeTest } from '#tests/support/whole-test.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

const SWEEP_MS = 1_000;
/** Holds that run out together, for one sweep that is interrupted. */
const SWEPT = extent({ sample: 300, whole: 600 });
/** An orphan of a crash is back within its hold and ten seconds, on a busy machine too. */
const SLACK_MS = 9_000;

let floor: ShopFloor;
let web: RunningWeb;
let look: Witness;

beforeAll(async () => {
  floor = await shopFloor({ SWEEP_SECONDS: String(SWEEP_MS / 1_000) });
  web = await floor.web();
  look = await witness(floor);
});
afterEach(() => floor.reset([web]));
afterAll(async () => {
  await look?.close();
  await floor?.close();
});

/** A shopper whom every web process knows. */
async function knownShopper(): Promise<Shopper> {
  const shopper = web.client.shopper();
  expect((await shopper.call('POST', '/api/cart')).status).toBe(201);
  return shopper;
}

const shelf = async (saleId: string) => (await web.client.look(saleId)).products[0]!;
const one = (productIds: string[]) => [{ productId: productIds[0]!, quantity: 1 }];

/** The holds of a sale, as Redis lists them. */
async function holds(saleId: string): Promise<{ orderId: string; deadlineMs: number }[]> {
  const flat = await look.redis.zrange(keys.deadlines(saleId), '0', '-1', 'WITHSCORES');
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    orderId: flat[2 * i]!,
    deadlineMs: Number(flat[2 * i + 1]),
  }));
}

describe('a web process dies', () => {
  test.each(extent({ sample: ['a cart'], whole: ['an idempotency key', 'a cart'] }))(
    'between the hold and the order: who checks out again with %s in time gets that very order',
    async (by) => {
      const doomed = await floor.web({ CRASH_AT: 'after_reserve' });
      const { saleId, productIds } = await web.client.sale({ units: [3] });
      const shopper = await knownShopper();
      const items = one(productIds);
      const cartId = by === 'a cart' ? await shopper.cartWith(items) : undefined;
      const key = randomUUID();
      const buy = (me: Shopper) =>
        cartId
          ? me.call<{ orderId: string; items: { tokens: string[] }[] }>('POST', '/api/checkout', { body: { cartId } })
          : me.buyNow(items, key);

      await expect(buy(doomed.client.shopper(shopper.cookie))).rejects.toThrow();
      await expectDied(doomed, 'after_reserve');
      const [hold] = await holds(saleId);
      expect(await look.orders.countDocuments({ _id: hold!.orderId })).toBe(0);

      const again = await buy(shopper);
      expect(again).toMatchObject({
        status: 200,
        body: { orderId: hold!.orderId, status: 'RESERVED', items: [{ tokens: [`${productIds[0]}-1`] }] },
      });
      expect(await shelf(saleId)).toMatchObject({ available: 2, held: 1, sold: 0 });
      expect(await shopper.pay(again.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
      await expectPromisesKept(floor, look);
    },
  );

  test('between the hold and the order, and nobody asks again: the unit is back soon, and the order can never come to be', async () => {
    const [doomed] = await Promise.all([floor.web({ CRASH_AT: 'after_reserve' }), floor.worker()]);
    const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 1 });
    const shopper = await knownShopper();
    const key = randomUUID();
    await expect(doomed.client.shopper(shopper.cookie).buyNow(one(productIds), key)).rejects.toThrow();
    await expectDied(doomed, 'after_reserve');
    const { order: orderId } = (await look.ledger(saleId)).find(({ verb }) => verb === 'reserve')!;
    await until(async () => (await shelf(saleId)).available === 1, { what: 'the unit is back' });

    const ledger = await look.ledger(saleId);
    const reservedAt = ledger.find(({ verb }) => verb === 'reserve')!.atMs;
    expect(replay(ledger).releasedAt.get(orderId)! - reservedAt).toBeLessThanOrEqual(1_000 + SWEEP_MS + SLACK_MS);
    expect(await look.orders.findOne({ _id: orderId })).toMatchObject({
      status: 'CANCELLED',
      reason: 'EXPIRED',
      items: [],
      tokens: [],
    });
    expect(await shopper.buyNow(one(productIds), key)).toMatchObject({
      status: 410,
      body: { code: 'ORDER_EXPIRED', orderId },
    });
    expect((await shopper.buyNow(one(productIds), randomUUID())).status).toBe(201);
    await expectPromisesKept(floor, look);
  });

  wholeTest(
    'between the order and its answer: who checks out again gets the same order and no second hold',
    async () => {
      const doomed = await floor.web({ CRASH_AT: 'after_insert' });
      const { saleId, productIds } = await web.client.sale({ units: [3] });
      const shopper = await knownShopper();
      const key = randomUUID();
      await expect(doomed.client.shopper(shopper.cookie).buyNow(one(productIds), key)).rejects.toThrow();
      await expectDied(doomed, 'after_insert');
      const placed = await look.orders.findOne({ sale: saleId });
      expect(placed).toMatchObject({ status: 'RESERVED', tokens: [`${productIds[0]}-1`] });

      expect(await shopper.buyNow(one(productIds), key)).toMatchObject({
        status: 200,
        body: { orderId: placed!._id, status: 'RESERVED' },
      });
      expect(await shelf(saleId)).toMatchObject({ available: 2, held: 1, sold: 0 });
      expect(await look.orders.countDocuments({ sale: saleId })).toBe(1);
      await expectPromisesKept(floor, look);
    },
  );

  test('when it has only stored the payment: a worker carries it to its end', async () => {
    const [doomed] = await Promise.all([floor.web({ CRASH_AT: 'after_inbox' }), floor.worker()]);
    const { saleId, productIds } = await web.client.sale({ units: [1] });
    const shopper = await knownShopper();
    const {
      body: { orderId },
    } = await shopper.buyNow(one(productIds));
    await expect(doomed.client.shopper(shopper.cookie).pay(orderId)).rejects.toThrow();
    await expectDied(doomed, 'after_inbox');
    expect(await look.orders.findOne({ _id: orderId })).toMatchObject({ status: 'RESERVED' });
    expect(await look.events.findOne({ orderId })).toMatchObject({ done: false });

    await until(async () => (await look.events.findOne({ orderId }))?.done, {
      what: 'the worker has settled the payment',
      timeoutMs: 10_000,
    });
    expect(await look.orders.findOne({ _id: orderId })).toMatchObject({ status: 'PAID' });
    await until(async () => (await look.orders.findOne({ _id: orderId }))?.captured, { what: 'the money is taken' });
    expect(await look.bank.findOne({ orderId })).toMatchObject({ status: 'captured' });
    expect(await shelf(saleId)).toMatchObject({ available: 0, held: 0, sold: 1 });
    expect(await shopper.pay(orderId), 'the shopper tries again').toMatchObject({
      status: 200,
      body: { status: 'PAID' },
    });
    await expectPromisesKept(floor, look);
  });

  test('between PAID and sold: the unit is never offered again, and the money is taken', async () => {
    const [doomed] = await Promise.all([floor.web({ CRASH_AT: 'after_paid' }), floor.worker()]);
    const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 600 });
    const shopper = await knownShopper();
    const held = await shopper.buyNow(one(productIds));
    const { orderId } = held.body;
    await expect(doomed.client.shopper(shopper.cookie).pay(orderId)).rejects.toThrow();
    await expectDied(doomed, 'after_paid');
    expect(await look.orders.findOne({ _id: orderId })).toMatchObject({ status: 'PAID', captured: false });

    await makeOverdue(look, floor.calls, saleId, [orderId]);
    const overdueAtMs = Date.now();
    const seen = new Set<number | null>();
    await until(
      async () => {
        const [{ available }, rival] = [await shelf(saleId), await web.client.shopper().buyNow(one(productIds))];
        seen.add(available);
        expect(rival).toMatchObject({ status: 409, body: { code: 'OUT_OF_STOCK' } });
        return Date.now() > overdueAtMs + 2 * SWEEP_MS && (await look.orders.findOne({ _id: orderId }))?.captured;
      },
      { what: 'the deadline is long past and the money is taken' },
    );
    expect([...seen]).toEqual([0]);
    expect(await shelf(saleId)).toMatchObject({ available: 0, held: 0, sold: 1 });
    expect(await look.bank.findOne({ orderId })).toMatchObject({ status: 'captured' });
    await expectPromisesKept(floor, look);
  });
});

describe('a worker dies', () => {
  /** Holds `units` units that nobody pays; resolves when all are past their deadline. */
  async function overdue(units: number): Promise<string> {
    const { saleId, productIds } = await web.client.sale({ units: [units], holdSeconds: 600 });
    const shoppers = Array.from({ length: units }, () => web.client.shopper());
    for (let at = 0; at < units; at += 50) {
      const held = await Promise.all(shoppers.slice(at, at + 50).map((shopper) => shopper.buyNow(one(productIds))));
      expect(held.filter(({ status }) => status !== 201)).toEqual([]);
    }
    const held = (await holds(saleId)).map(({ orderId }) => orderId);
    await makeOverdue(look, floor.calls, saleId, held);
    return saleId;
  }

  /** All units are back, each exactly once. */
  async function expectAllBackOnce(saleId: string, units: number): Promise<void> {
    await until(async () => (await shelf(saleId)).available === units, { what: 'every unit is back' });
    const { impossible, releases } = replay(await look.ledger(saleId));
    expect(impossible, BROKEN_PROMISE).toEqual([]);
    expect([...releases.values()]).toEqual(Array.from({ length: units }, () => 1));
    expect(await look.orders.countDocuments({ sale: saleId, status: 'CANCELLED', reason: 'EXPIRED' })).toBe(units);
    await expectPromisesKept(floor, look);
  }

  test.each(extent({ sample: ['off'], whole: ['on', 'off'] }))(
    'between cancelling an order and giving its unit back: another gives it back, once (events %s)',
    async (KEYSPACE_EVENTS) => {
      const saleId = await overdue(1);
      const doomed = floor.spawn('worker/index.ts', { CRASH_AT: 'after_cancel', KEYSPACE_EVENTS });
      await expectDied(doomed, 'after_cancel');
      expect(await look.orders.findOne({ sale: saleId })).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED' });
      expect(await shelf(saleId), 'not given back before').toMatchObject({ available: 0, held: 1 });
      await floor.worker({ KEYSPACE_EVENTS });
      await expectAllBackOnce(saleId, 1);
    },
  );

  wholeTest('in the middle of a sweep of 300 holds: others do the rest', async () => {
    const doomed = await floor.worker({ CRASH_AT: 'mid_sweep', KEYSPACE_EVENTS: 'off', SWEEP_SECONDS: '3' });
    const saleId = await overdue(300);
    await expectDied(doomed, 'mid_sweep');
    const left = (await holds(saleId)).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(300);
    await Promise.all([floor.worker({ KEYSPACE_EVENTS: 'off' }), floor.worker({ KEYSPACE_EVENTS: 'off' })]);
    await expectAllBackOnce(saleId, 300);
  });

  test('at any moment of one sweep, three times: the fourth ends it', async () => {
    const saleId = await overdue(SWEPT);
    for (const left of [0.75, 0.5, 0.25].map((share) => share * SWEPT)) {
      const doomed = floor.spawn('worker/index.ts', {});
      await until(async () => (await holds(saleId)).length <= left, {
        what: 'it is in the middle of its work',
        everyMs: 2,
      });
      doomed.signal('SIGKILL');
      expect(await doomed.exit).toEqual({ code: null, signal: 'SIGKILL' });
    }
    await floor.worker();
    await expectAllBackOnce(saleId, SWEPT);
  });
});
