import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from '#lib/process.ts';
import { TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { compareOrders } from '#tests/sim/differential-orders.ts';
import { comparePayments } from '#tests/sim/differential-payments.ts';
import { compareRedis } from '#tests/sim/differential-redis.ts';

/** Sequences of the stores of payments go one after another, and take their time. */
const MOST_OF_PAYMENTS = 300;

/**
 * Hold the simulation's Redis, orders and payments against real ones, on throw-away services.
 * @param sequences how many random sequences of calls, of the scripts and of the orders' store each; of payments at most 300
 * @returns whether every reply and every state was the same
 */
export async function compareStores(sequences: number): Promise<ProofResult> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-differential-'));
  const [redis, mongo] = await Promise.all([
    startRedis({ dir: join(dir, 'redis') }),
    startMongo({ dir: join(dir, 'mongo') }),
  ]);
  Object.assign(process.env, TEST_SECRETS, { REDIS_URL: redis.url, MONGODB_URI: mongo.url });
  const shop = holdfast();
  try {
    await shop.boot();
    const seed = Date.now() % 1_000_000_000;
    const began = performance.now();
    const scripts = await compareRedis(shop.redis, { sequences, calls: 30, seed, atOnce: 24 });
    const orders = await compareOrders(shop.models, { sequences, calls: 20, seed, atOnce: 48 });
    const payments = await comparePayments(shop.models, {
      sequences: Math.min(sequences, MOST_OF_PAYMENTS),
      calls: 20,
      seed,
    });
    const seconds = Math.round((performance.now() - began) / 1000);
    return verdict(true, [
      `from seed ${seed}: ${sequences} sequences each of the scripts (${scripts} calls) and of the orders' store (${orders} calls), ${payments} calls of the stores of payments: all equal, ${seconds} s`,
    ]);
  } catch (error) {
    return verdict(false, [error instanceof Error ? error.message : String(error)]);
  } finally {
    await shop.close();
    await Promise.all([redis.stop(), mongo.stop()]);
    removeFolder(dir);
  }
}
