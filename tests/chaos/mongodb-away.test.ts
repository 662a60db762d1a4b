import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { expectPromisesKept } from '#tests/support/audit.ts';
import { type Choice, crowd } from '#tests/support/buyers.ts';
import { replay } from '#tests/support/ledger.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** The longest wait for an answer that says "not now". */
const ANSWER_MS = 15_000;
const COME_BACK = { status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } };

let mongo: OwnMongo;
let floor: ShopFloor;
let webs: RunningWeb[];
let look: Witness;

beforeAll(async () => {
  mongo = await ownMongo();
  floor = await shopFloor({ MONGODB_URI: mongo.server.url });
  [webs] = await Promise.all([Promise.all([floor.web(), floor.web()]), floor.worker(), floor.worker()]);
  look = await witness(floor);
});
afterAll(async () => {
  mongo?.server.process.kill('SIGCONT');
  await look?.close();
  await floor?.close();
  await mongo?.close();
});

const held = (saleId: string, productId: string) => look.redis.hlen(keys.held(saleId, productId));
const free = (saleId: string, productId: string) => look.redis.llen(keys.stock(saleId, productId));

test('MongoDB stands still: checkouts are refused in time, no unit is given back on a guess, and each shopper gets their order when it goes on', async () => {
  const [long, short] = [
    await webs[0]!.client.sale({ units: [10], holdSeconds: 60 }),
    await webs[0]!.client.sale({ units: [10], holdSeconds: 2 }),
  ];
  const productOf = ({ productIds }: typeof long) => productIds[0]!;
  const buyers = await Promise.all(
    [long, long, long, short, short].map(async (sale, i) => {
      const shopper = webs[i % 2]!.client.shopper();
      expect((await shopper.call('POST', '/api/cart')).status).toBe(201);
      const key = randomUUID();
      return {
        sale,
        buy: () => shopper.buyNow([{ productId: productOf(sale), quantity: 1 }], key),
        pay: (orderId: string) => shopper.pay(orderId),
      };
    }),
  );
  const payer = webs[0]!.client.shopper();
  const early = await payer.buyNow([{ productId: productOf(long), quantity: 1 }]);
  expect(early.status).toBe(201);

  for (const { client } of webs) for (const { saleId } of [long, short]) await client.look(saleId); // both know what is for sale
  mongo.server.process.kill('SIGSTOP');
  const stoodStillAt = performance.now();
  const refused = await Promise.all([...buyers.map(({ buy }) => buy()), payer.pay(early.body.orderId)]);
  const answeredMs = performance.now() - stoodStillAt;
  for (const answer of refused) expect(answer).toMatchObject(COME_BACK);
  expect(answeredMs).toBeLessThan(ANSWER_MS);

  // Redis had let them in. Their deadlines pass; nobody may give anything back while MongoDB cannot say CANCELLED.
  expect(await held(long.saleId, productOf(long))).toBe(4);
  expect(await held(short.saleId, productOf(short))).toBe(2);
  const { deadlineMs } = await look.redis
    .zrange(keys.deadlines(short.saleId), '-1', '-1', 'WITHSCORES')
    .then(([, at]) => ({ deadlineMs: Number(at) }));
  await until(() => Date.now() > deadlineMs + 2_000, { what: 'two sweeps have come and gone' });
  expect(await held(short.saleId, productOf(short))).toBe(2);
  expect(await free(short.saleId, productOf(short))).toBe(8);
  const reserved = new Set(
    (await look.ledger(long.saleId)).filter(({ verb }) => verb === 'reserve').map(({ order }) => order),
  );
  mongo.server.process.kill('SIGCONT');

  for (const { sale, buy, pay } of buyers) {
    const answer = await until(
      async () => {
        const again = await buy();
        return again.status === 503 ? undefined : again;
      },
      { what: 'an answer', timeoutMs: ANSWER_MS },
    );
    if (sale === short) {
      expect([409, 410], 'its hold is over').toContain(answer.status);
      continue;
    }
    expect(answer.status).toBe(200);
    expect(reserved.has(answer.body.orderId), 'the hold of the first call').toBe(true);
    expect(await pay(answer.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  }
  expect(await payer.pay(early.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  await until(async () => (await free(short.saleId, productOf(short))) === 10, { what: 'what ran out is back' });
  for (const { saleId } of [long, short]) {
    const { impossible, releases } = replay(await look.ledger(saleId));
    expect(impossible, BROKEN_PROMISE).toEqual([]);
    expect([...releases.values()].filter((times) => times !== 1)).toEqual([]);
  }
  expect(await look.paid(long.saleId)).toBe(4);
  await expectPromisesKept(floor, look);
  console.log(`MongoDB stood still: ${refused.length} calls refused within ${Math.round(answeredMs)} ms`);
});

test('MongoDB is killed in mid-sale and comes back: every order and payment that was acknowledged stands', async () => {
  const { saleId, productIds } = await webs[0]!.client.sale({ units: [1_000], holdSeconds: 2 });
  const productId = productIds[0]!;
  const choices: Choice[] = ['pays', 'pays', 'fails', 'walksAway'];
  const crowding = crowd(
    webs.map(({ client }) => client),
    {
      saleId,
      productId,
      buyers: 250,
      inFlight: 40,
      inShop: 40,
      attempts: 2,
      repeats: 400,
      choose: (buyer) => choices[buyer % choices.length]!,
    },
  );
  await until(async () => (await look.sold(saleId, productId)) >= 40, { what: 'the sale is in full swing' });
  await mongo.server.kill9();
  expect(await webs[1]!.client.shopper().buyNow([{ productId, quantity: 1 }])).toMatchObject(COME_BACK);
  await mongo.server.restart();
  const result = await crowding;
  const { calls } = result;

  expect(
    calls.filter(
      ({ status, code, retryAfter }) =>
        status >= 400 && code !== 'ORDER_EXPIRED' && !(status === 503 && retryAfter > 0),
    ),
  ).toEqual([]);
  expect(calls.filter(({ startMs, endMs }) => endMs - startMs > ANSWER_MS)).toEqual([]);
  await until(async () => (await held(saleId, productId)) === 0, { what: 'every hold has ended' });
  expect(await look.sold(saleId, productId)).toBe(await look.paid(saleId));
  const { impossible, releases } = replay(await look.ledger(saleId));
  expect(impossible, BROKEN_PROMISE).toEqual([]);
  expect([...releases.values()].filter((times) => times !== 1)).toEqual([]);
  await expectPromisesKept(floor, look);
});
