import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectSound } from '#tests/support/audit.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

let mongo: OwnMongo;
let floor: ShopFloor;
let sleeper: RunningWeb;
let web: RunningWeb;
let look: Witness;

beforeEach(async () => {
  mongo = await ownMongo();
  floor = await shopFloor({ MONGODB_URI: mongo.server.url });
  [sleeper, web] = await Promise.all([floor.web(), floor.web(), floor.worker()]);
  look = await witness(floor);
});
afterEach(async () => {
  await look?.close();
  await floor?.close();
  await mongo?.close();
});

test('a web process that falls asleep between hold and order wakes when the unit is sold to somebody else: it makes no order of it', async () => {
  const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 1 });
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const slow = sleeper.client.shopper();
  expect((await slow.call('POST', '/api/cart')).status).toBe(201);

  await mongo.stumble('insert', { blockMs: 4_000 });
  const key = randomUUID();
  const answer = slow.buyNow(items, key);
  await until(() => mongo.waits('insert'), { what: 'the order is on its way' });
  sleeper.signal('SIGSTOP');
  const { order: orderId } = (await look.ledger(saleId)).find(({ verb }) => verb === 'reserve')!;

  const rival = web.client.shopper();
  const held = await until(
    async () => {
      const tried = await rival.buyNow(items);
      return tried.status === 201 ? tried : undefined;
    },
    { what: 'the hold has run out and somebody else has the unit' },
  );
  expect(await mongo.waits('insert'), 'the late order has still not arrived').toBe(true);
  expect(await rival.pay(held.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  sleeper.signal('SIGCONT');

  expect(await answer).toMatchObject({ status: 410, body: { code: 'ORDER_EXPIRED', orderId } });
  expect(await look.orders.findOne({ _id: orderId })).toMatchObject({
    status: 'CANCELLED',
    reason: 'EXPIRED',
    items: [],
    tokens: [],
  });
  expect(await look.orders.countDocuments({ sale: saleId, reason: 'CONFLICT' }), 'not even a conflict').toBe(0);
  expect(await slow.buyNow(items, key), 'asked again').toMatchObject({ status: 410, body: { code: 'ORDER_EXPIRED' } });
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 0, sold: 1 });
  await expectSound(floor);
});
