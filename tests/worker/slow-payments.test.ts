import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectSound } from '#tests/support/audit.ts';
import { replay } from '#tests/support/ledger.ts';
import { type OwnMongo, ownMongo } from '#tests/support/own-mongo.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** How long the worker's look at the payments takes, and within what a sweep a second must have a unit back. */
const SLOW_MS = 4_500;
const BACK_MS = 2_000;

const time = ruler();
let mongo: OwnMongo;
let floor: ShopFloor;
let web: RunningWeb;
let look: Witness;

beforeEach(async () => {
  mongo = await ownMongo();
  floor = await shopFloor({ MONGODB_URI: mongo.server.url, KEYSPACE_EVENTS: 'off', SWEEP_SECONDS: '1' });
  [web] = await Promise.all([floor.web(), floor.worker()]);
  look = await witness(floor);
});
afterEach(async () => {
  await look?.close();
  await floor?.close();
  await mongo?.close();
});

test('payments that are slow to look after keep no unit waiting: what ran out is back after the next sweep', async () => {
  const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 1 });
  await mongo.stumble('find', { blockMs: SLOW_MS }, 'payment_events');
  await until(() => mongo.waits('find', 'payment_events'), { what: 'the worker looks after payments' });
  const held = await web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  await until(async () => (await web.client.look(saleId)).products[0]?.available === 1, { what: 'the unit is back' });
  const { releasedAt } = replay(await look.ledger(saleId));
  expect(releasedAt.get(held.body.orderId)! - Date.parse(held.body.expiresAt)).toBeLessThanOrEqual(
    time.allowed(BACK_MS),
  );
  await mongo.calm();
  await expectSound(floor);
});
