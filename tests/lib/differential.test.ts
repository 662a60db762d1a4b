import { expect, test } from 'vitest';
import { compareOrders } from '#tests/sim/differential-orders.ts';
import { comparePayments } from '#tests/sim/differential-payments.ts';
import { compareRedis } from '#tests/sim/differential-redis.ts';
import { extent } from '#tests/support/extent.ts';
import { world } from '#tests/support/world.ts';

/** New sequences at each run; a failure names its seed. `npm run chaos -- differential` compares more. */
const SEQUENCES = extent({ sample: 150, whole: 400 });
const seed = Date.now() % 1_000_000_000;

test('the simulation’s Redis answers and keeps what the real scripts on a real Redis do', async () => {
  const { redis } = await world();
  expect(await compareRedis(redis, { sequences: SEQUENCES, calls: 30, seed, atOnce: 16 })).toBe(SEQUENCES * 30);
}, 120_000);

test('the simulation’s orders answer and keep what the real store on a real MongoDB does', async () => {
  const { models } = await world();
  expect(await compareOrders(models, { sequences: SEQUENCES, calls: 20, seed, atOnce: 32 })).toBe(SEQUENCES * 20);
}, 120_000);

test('the simulation’s inbox, outbox and begun payments answer and keep what the real stores on a real MongoDB do', async () => {
  const { models } = await world();
  expect(await comparePayments(models, { sequences: SEQUENCES / 5, calls: 40, seed })).toBe(SEQUENCES * 8);
}, 120_000);
