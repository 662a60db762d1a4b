import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CrashPoint } from '#lib/crash.ts';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { crowd } from '#tests/support/buyers.ts';
import { expectDied } from '#tests/support/crash.ts';
import { checkHistory, type Told, whatWasTold } from '#tests/support/history.ts';
import { replay } from '#tests/support/ledger.ts';
import { type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

const UNITS = 60;
const BUYERS = 200;
const POINTS: CrashPoint[] = ['after_reserve', 'after_insert', 'after_paid'];

let floor: ShopFloor;
let look: Witness;

beforeEach(async () => {
  floor = await shopFloor();
  look = await witness(floor);
});
afterEach(async () => {
  await look?.close();
  await floor?.close();
});

test('three web processes die in mid-sale at three different steps: their shoppers go elsewhere, and nobody loses what they were promised', async () => {
  const [survivor, doomed] = await Promise.all([
    floor.web(),
    Promise.all(POINTS.map((CRASH_AT) => floor.web({ CRASH_AT }))),
    floor.worker(),
    floor.worker(),
  ]);
  const { saleId, productIds } = await survivor.client.sale({ units: [UNITS], holdSeconds: 2 });
  const productId = productIds[0]!;
  const webs = [survivor.client, ...doomed.map(({ client }) => client)];
  const { promised } = await crowd(webs, {
    buyers: BUYERS,
    saleId,
    productId,
    inFlight: 40,
    attempts: 4,
    repeats: 12,
    choose: (buyer) => (buyer % 3 === 0 ? 'walksAway' : 'pays'),
  });
  for (const [i, point] of POINTS.entries()) await expectDied(doomed[i]!, point);
  await until(async () => (await survivor.client.look(saleId)).products[0]!.held === 0, {
    what: 'every hold has ended',
  });

  expect(promised.length).toBeGreaterThan(0);
  expect(await look.sold(saleId, productId)).toBe(await look.paid(saleId));
  expect(replay(await look.ledger(saleId)).impossible, BROKEN_PROMISE).toEqual([]);
  await expectPromisesKept(floor, look);

  const told = await whatWasTold(floor, look);
  const unanswered = told.calls.filter(({ outcome }) => outcome === 'unknown').length;
  expect(unanswered, 'calls that died with their process').toBeGreaterThanOrEqual(POINTS.length);
  for (const [what, doctored] of doctor(told, productId)) expect(checkHistory(doctored), what).not.toEqual([]);
  console.log(
    `${told.calls.length} calls, ${unanswered} of them unanswered; ${promised.length} holds, ${await look.paid(saleId)} paid`,
  );
});

/** The same history with one lie in it. */
function* doctor(told: Told, productId: string): Generator<[what: string, doctored: Told]> {
  const { calls, orders, releasedAt } = told;
  const lastMs = Math.max(...calls.map(({ endMs }) => endMs));
  const firstMs = Math.min(...calls.map(({ startMs }) => startMs));
  const won = calls.find(({ op, outcome }) => op === 'pays' && outcome === 'ok')!;
  const held = calls.find(
    ({ op, outcome, orderId }) => op === 'checkout' && outcome === 'ok' && orderId === won.orderId,
  )!;
  const record = orders.get(won.orderId)!;
  const rival = { ...held, orderId: 'rival', startMs: lastMs + 1, endMs: lastMs + 2 };
  const theirs = { ...record, status: 'CANCELLED', reason: 'SHOPPER' };
  yield [
    'a sold unit is sold again',
    { ...told, calls: [...calls, rival], orders: new Map(orders).set('rival', theirs) },
  ];

  const without = new Map(orders);
  without.delete(won.orderId);
  yield ['an acknowledged order is gone', { ...told, orders: without }];
  yield ['an acknowledged payment is gone', { ...told, orders: new Map(orders).set(won.orderId, theirs) }];

  const refused = { ...held, outcome: 'refused' as const, orderId: '', tokens: [], lacks: { [productId]: 1 } };
  const early = { ...refused, code: 'OUT_OF_STOCK', startMs: firstMs - 2, endMs: firstMs - 1 };
  yield ['"out of stock" before anybody has bought', { ...told, calls: [...calls, early] }];

  const walked = calls.find(
    ({ op, outcome, orderId }) => op === 'checkout' && outcome === 'ok' && releasedAt.has(orderId),
  )!;
  const sooner = new Map(releasedAt).set(walked.orderId, walked.deadlineMs - 1);
  yield ['a unit is back before its deadline', { ...told, releasedAt: sooner }];
}
