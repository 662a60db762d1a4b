import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { expectPromisesKept, expectSound } from '#tests/support/audit.ts';
import { expectDied } from '#tests/support/crash.ts';
import { replay } from '#tests/support/ledger.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** Within what a sweep a second has a unit back, Redis having just come back itself. */
const BACK_MS = 4_000;

const time = ruler();
let floor: ShopFloor;
let web: RunningWeb;
let look: Witness;

beforeAll(async () => {
  floor = await shopFloor({ KEYSPACE_EVENTS: 'off', SWEEP_SECONDS: '1' });
  web = await floor.web();
  look = await witness(floor);
});
afterEach(() => floor.reset([web]));
afterAll(async () => {
  await look?.close();
  await floor?.close();
});

const COME_BACK = { status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } };

/** Redis has reached its `maxmemory` and evicts nothing: no command that needs memory is carried out. */
async function fillRedis(): Promise<void> {
  await look.redis.config('SET', 'maxmemory', `${1024 * 1024}`);
  await expect(look.redis.set(`filler:${randomUUID()}`, 'x')).rejects.toThrow(/^OOM/);
}

test('Redis’ memory is full: nothing more is held, what was held is paid or comes back, and with memory all goes on', async () => {
  await floor.worker();
  const doomed = await floor.web({ CRASH_AT: 'after_paid' });
  const { saleId, productIds } = await web.client.sale({ units: [6], holdSeconds: 6 });
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const buyers = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const shopper = web.client.shopper();
      const { status, body } = await shopper.buyNow(items);
      expect(status).toBe(201);
      return { shopper, orderId: body.orderId };
    }),
  );
  const [paying, interrupted, refusing] = [buyers[0]!, buyers[1]!, buyers[2]!]; // the fourth walks away
  await fillRedis();

  expect(await paying.shopper.pay(paying.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect(await look.sold(saleId, productIds[0]!)).toBe(1);
  expect((await refusing.shopper.fail(refusing.orderId)).status).toBe(200);
  const cookie = interrupted.shopper.cookie;
  await expect(doomed.client.shopper(cookie).pay(interrupted.orderId)).rejects.toThrow();
  await expectDied(doomed, 'after_paid');
  expect(await web.client.shopper().buyNow(items)).toMatchObject(COME_BACK);

  await until(async () => (await web.client.look(saleId)).products[0]?.held === 0, {
    what: 'nothing is held any more, though no memory is left',
  });
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 4, held: 0, sold: 2 });
  expect(await look.paid(saleId)).toBe(2);
  expect(await web.client.shopper().buyNow(items), 'still').toMatchObject(COME_BACK);
  await expect(look.redis.set('filler', 'x'), 'still full').rejects.toThrow(/^OOM/);
  await floor.worker(); // one that starts meanwhile looks at every sale, too

  await look.redis.config('SET', 'maxmemory', '0');
  const late = web.client.shopper();
  const held = await late.buyNow(items);
  expect(held.status).toBe(201);
  expect(await late.pay(held.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 3, held: 0, sold: 3 });
  await expectPromisesKept(floor, look);
});

test('units that are minted while Redis’ memory is full come when there is memory again', async () => {
  const worker = await floor.worker();
  const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 3 });
  const held = await web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(held.status).toBe(201);
  await fillRedis();
  const more = await web.client.admin('POST', '/api/product/seed', { productId: productIds[0], quantity: 2 });
  expect(more).toMatchObject(COME_BACK);
  await worker.stop();
  await floor.worker(); // it begins with a reconcile, which cannot mint
  await until(async () => (await web.client.look(saleId)).products[0]?.held === 0, { what: 'the hold came back' });
  await look.redis.config('SET', 'maxmemory', '0');
  expect((await floor.run('reconcile')).code).toBe(0);
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 3, held: 0, sold: 0 });
  await expectSound(floor);
});

test('after a restart of Redis, a sale that cannot be repaired keeps no other sale’s units waiting', async () => {
  await floor.worker();
  const restarts = () => look.db.collection('audit_log').countDocuments({ kind: 'redisRestarted' });
  await until(async () => (await restarts()) === 1, { what: 'the worker knows this run of Redis' });
  const [broken, whole] = [
    await web.client.sale({ units: [2], holdSeconds: 60 }),
    await web.client.sale({ units: [2], holdSeconds: 4 }),
  ];
  const buy = ({ productIds }: typeof whole) =>
    web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const lost = await buy(broken);
  const held = await buy(whole);
  expect([lost.status, held.status]).toEqual([201, 201]);
  const limit = keys.limit(broken.saleId, broken.productIds[0]!);
  const was = await look.redis.hgetall(limit);
  await look.redis.set(limit, 'of another type: every look at it fails');
  await floor.redis.restart();
  await until(async () => (await web.client.look(whole.saleId)).products[0]?.available === 2, {
    what: 'the other sale’s unit is back',
    timeoutMs: 90_000,
  });
  const { releasedAt } = replay(await look.ledger(whole.saleId));
  const lateMs = releasedAt.get(held.body.orderId)! - Date.parse(held.body.expiresAt);
  expect(lateMs, 'not only with the next reconcile').toBeLessThanOrEqual(time.allowed(BACK_MS));
  await floor.worker(); // one that starts is not kept from it, either
  await look.redis.del(limit);
  await look.redis.hset(limit, was);
  await until(async () => (await restarts()) === 2, { what: 'all is repaired, and the restart on record' });
  await expectSound(floor);
});
