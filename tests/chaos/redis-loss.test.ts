import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { cutInTransaction, hasTransaction, type Seam } from '#tests/support/aof.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { type Choice, type CrowdResult, crowd } from '#tests/support/buyers.ts';
import type { Call } from '#tests/support/calls.ts';
import { extent } from '#tests/support/extent.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { wholeTest } from '#tests/support/whole-test.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** Selling again after Redis lost everything, and the longest wait for an answer that says "not now". */
const SELLING_AGAIN_MS = 5_000;
const ANSWER_MS = 5_000;
const UNITS = 2_000;
/** Long enough to pay in on a machine where other tests run. */
const HOLD_SECONDS = extent({ sample: 6, whole: 2 });
/** When Redis is emptied: each time after so many payments. */
const EMPTIED_AFTER = extent({ sample: [15, 30], whole: [40, 110, 180] });
const BUYERS = extent({ sample: 200, whole: 500 });
const CHOICES: Choice[] = ['pays', 'pays', 'fails', 'walksAway'];

const time = ruler();
let floor: ShopFloor;
let webs: RunningWeb[];
let look: Witness;

beforeAll(async () => {
  floor = await shopFloor();
  [webs] = await Promise.all([Promise.all([floor.web(), floor.web()]), floor.worker(), floor.worker()]);
  look = await witness(floor);
});
afterEach(() => void floor.calls.splice(0));
afterAll(async () => {
  await look?.close();
  await floor?.close();
});

/** More units than buyers: whoever is told "sold out" was told a lie. */
async function plenty(holdSeconds = HOLD_SECONDS) {
  const { saleId, productIds } = await webs[0]!.client.sale({ units: [UNITS], holdSeconds });
  return { saleId, productId: productIds[0]! };
}

/** Buyers who ask again, however often they are told "not now". */
const patient = (sale: { saleId: string; productId: string }, buyers: number, signal?: AbortSignal) =>
  crowd(
    webs.map(({ client }) => client),
    {
      ...sale,
      buyers,
      inFlight: 40,
      inShop: 40,
      attempts: 2,
      repeats: 400,
      choose: (buyer) => CHOICES[buyer % CHOICES.length]!,
      ...(signal ? { until: signal } : {}),
    },
  );

/** What must hold of every answer, whatever happened to Redis; then the auditor's word. */
async function expectHonest(
  { saleId, productId }: { saleId: string; productId: string },
  result: CrowdResult,
): Promise<void> {
  const { calls } = result;
  const lies = calls.filter(({ code }) => code === 'OUT_OF_STOCK');
  expect(lies, 'nobody is told "sold out"').toEqual([]);
  const vague = calls.filter(({ status, retryAfter, code }) =>
    status === 503 ? retryAfter < 1 : status >= 500 || (status >= 400 && code !== 'ORDER_EXPIRED'),
  );
  expect(vague, 'every refusal is a 503 that says when to come back').toEqual([]);
  const longestMs = Math.max(...calls.map(({ startMs, endMs }) => endMs - startMs));
  expect(longestMs, 'the longest wait for an answer, ms').toBeLessThanOrEqual(time.allowed(ANSWER_MS));

  await until(async () => (await webs[0]!.client.look(saleId)).products[0]?.held === 0, {
    what: 'every unit is sold or free',
  });
  await until(async () => (await look.redis.zcard(keys.deadlines(saleId))) === 0, {
    what: 'every hold has ended, also one that had taken nothing',
  });
  await expectPromisesKept(floor, look);
  expect(await look.sold(saleId, productId)).toBe(await look.paid(saleId));
}

/** Ms from a moment until the first hold that was asked for after it. */
function firstSaleAfter(calls: Call[], atMs: number): number {
  return (
    Math.min(
      ...calls
        .filter(({ op, status, startMs }) => op === 'checkout' && status === 201 && startMs > atMs)
        .map(({ endMs }) => endMs),
    ) - atMs
  );
}

test('Redis is emptied again and again in mid-sale: the shop says "one moment", never "sold out", and sells again within five seconds', async () => {
  const sale = await plenty();
  const flushedAt: number[] = [];
  const crowding = patient(sale, BUYERS);
  for (const paid of EMPTIED_AFTER) {
    await until(async () => (await look.paid(sale.saleId)) >= paid, { what: `${paid} have paid`, timeoutMs: 90_000 });
    flushedAt.push(performance.now());
    await look.redis.flushall();
    if (paid === EMPTIED_AFTER[1]) await look.redis.script('FLUSH');
  }
  const result = await crowding;
  const backMs = flushedAt.map((atMs) => Math.round(firstSaleAfter(result.calls, atMs)));
  expect(Math.max(...backMs)).toBeLessThanOrEqual(time.allowed(SELLING_AGAIN_MS));
  expect(result.promised.length, 'everybody was served in the end').toBe(BUYERS);
  expect(result.calls.some(({ status, code }) => status === 503 && code === 'SALE_NOT_READY')).toBe(true);
  await expectHonest(sale, result);
  console.log(
    `emptied ${EMPTIED_AFTER.length} times: selling again after ${backMs.join(', ')} ms; ${result.calls.filter(({ status }) => status === 503).length} of ${result.calls.length} calls were asked to come back; ` +
      `${await look.orders.countDocuments({ sale: sale.saleId, reason: 'CONFLICT' })} token conflicts`,
  );
});

test('Redis is killed in mid-sale and comes back with its file: what it had answered still stands', async () => {
  const sale = await plenty();
  const crowding = patient(sale, extent({ sample: 120, whole: 300 }));
  const paid = extent({ sample: 20, whole: 40 }); // so that enough of them come after it
  await until(async () => (await look.paid(sale.saleId)) >= paid, {
    what: 'the sale is in full swing',
    timeoutMs: 90_000,
  });
  await floor.redis.kill9();
  const asked = performance.now();
  const refused = await webs[0]!.client.shopper().buyNow([{ productId: sale.productId, quantity: 1 }]);
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } });
  expect(performance.now() - asked).toBeLessThan(time.allowed(ANSWER_MS));
  const restartedAt = performance.now();
  await floor.redis.restart();
  const result = await crowding;
  expect(firstSaleAfter(result.calls, restartedAt)).toBeLessThanOrEqual(time.allowed(SELLING_AGAIN_MS));
  await expectHonest(sale, result);
});

wholeTest('Redis is emptied while no worker runs: the web processes put the sale back by themselves', async () => {
  const alone = await shopFloor();
  onTestFinished(alone.close);
  const { client } = await alone.web();
  const { productIds } = await client.sale({ units: [UNITS], holdSeconds: 60 });
  const productId = productIds[0]!;
  const itsLook = await witness(alone);
  onTestFinished(itsLook.close);
  const shopper = client.shopper();
  const before = await shopper.buyNow([{ productId, quantity: 2 }], randomUUID());
  expect(before.status).toBe(201);
  await itsLook.redis.flushall();
  const answers = new Set<number>();
  await until(
    async () => {
      const { status } = await client.shopper().buyNow([{ productId, quantity: 1 }]);
      answers.add(status);
      return status === 201;
    },
    { what: 'selling again', timeoutMs: time.allowed(SELLING_AGAIN_MS) },
  );
  expect([...answers]).toEqual([503, 201]);
  expect(await shopper.pay(before.body.orderId), 'a hold from before can be paid').toMatchObject({
    status: 200,
    body: { status: 'PAID' },
  });
  await expectPromisesKept(alone, itsLook);
});

test('Redis hangs for five seconds: checkouts are refused in time, and everything goes on when it wakes', async () => {
  const { saleId, productId } = await plenty();
  const buyers = Array.from({ length: 30 }, () => ({ shopper: webs[0]!.client.shopper(), key: randomUUID() }));
  for (const { shopper } of buyers) expect((await shopper.call('POST', '/api/cart')).status).toBe(201);
  const buy = () => Promise.all(buyers.map(({ shopper, key }) => shopper.buyNow([{ productId, quantity: 1 }], key)));

  floor.redis.process.kill('SIGSTOP');
  const hungAt = performance.now();
  const refused = await buy();
  expect(performance.now() - hungAt).toBeLessThan(time.allowed(ANSWER_MS));
  for (const answer of refused)
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } });
  await until(() => performance.now() - hungAt > 5_000, { what: 'it has hung for five seconds' });
  floor.redis.process.kill('SIGCONT');

  const wokeAt = performance.now();
  let answers = await until(
    async () => {
      const now = await buy();
      return now.every(({ status }) => status === 200 || status === 201 || status === 410) ? now : undefined;
    },
    { what: 'everybody is served', timeoutMs: time.allowed(SELLING_AGAIN_MS) },
  );
  expect(performance.now() - wokeAt).toBeLessThan(time.allowed(SELLING_AGAIN_MS));
  // Under one key there is one order, whatever became of the call whose answer was too late.
  expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(buyers.length);
  answers = answers.filter(({ status }) => status !== 410);
  expect(await look.orders.countDocuments({ _id: { $in: answers.map(({ body }) => body.orderId) } })).toBe(
    answers.length,
  );
  await until(async () => (await webs[0]!.client.look(saleId)).products[0]?.available === UNITS, {
    what: 'every unit is back',
  });
  await expectPromisesKept(floor, look);
});

describe("power fails in the middle of a script: the tail of Redis's file is gone, and half a step may be left in it", () => {
  const at = (words: string[], name: string, record: string) => words[0] === name && words[1]!.startsWith(`${record}:`);
  /** Seams inside a script's writes at which something is said that is not so. */
  const seams: Seam[] = [
    (words, next) => at(words, 'HSET', 'hold') && at(next, 'SET', 'timer'), // reserve: a hold that has taken nothing yet
    (words, next) => at(words, 'LTRIM', 'stock') && at(next, 'HSET', 'held'), // reserve: off the shelf, in nobody's hand
    (words, next) => at(words, 'HSET', 'held') && at(next, 'HINCRBY', 'limit'), // reserve: in a hand that does not count
    (words, next) => at(words, 'HSET', 'sold') && at(next, 'HDEL', 'held'), // commit: sold, and held as well
    (words, next) => at(words, 'HDEL', 'held') && at(next, 'RPUSH', 'stock'), // release: out of the hand, not on the shelf
  ];

  test('in each step, once torn and once with its half executed: the books add up again, and no order is lost', async () => {
    const sale = await plenty();
    const lost: number[] = [];
    const home = new AbortController();
    const crowding = patient(sale, 1_600, home.signal);
    for (const seam of seams.slice(0, extent({ sample: 1, whole: seams.length }))) {
      for (const left of ['torn', 'executed'] as const) {
        const paid = await look.paid(sale.saleId);
        await until(async () => (await look.paid(sale.saleId)) >= paid + extent({ sample: 10, whole: 25 }), {
          what: 'the sale goes on',
          timeoutMs: 90_000,
        });
        let bytes: number | undefined;
        for (let tries = 0; bytes === undefined && tries < 5; tries++) {
          await until(() => hasTransaction(floor.redis.dir, seam), { what: 'such a step is in the file' });
          await floor.redis.kill9();
          bytes = cutInTransaction(floor.redis.dir, seam, left);
          await floor.redis.restart();
        }
        if (bytes === undefined) throw new Error('each time, Redis had just rewritten its file');
        lost.push(bytes);
      }
    }
    await floor.redis.restart(); // a clean one: Redis 7.0 executes here what a cut had left of a script
    home.abort();
    const result = await crowding;
    await expectHonest(sale, result);
    const conflicts = await look.orders.countDocuments({ sale: sale.saleId, reason: 'CONFLICT' });
    console.log(
      `cut ${lost.length} times: ${lost.join(', ')} bytes lost; ${result.promised.length} holds, ${await look.paid(sale.saleId)} paid, ${conflicts} token conflicts`,
    );
  });
});
