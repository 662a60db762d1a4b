import { afterEach, beforeEach, expect, test } from 'vitest';
import { inventoryScripts } from '#lib/inventory/index.ts';
import { expectSound } from '#tests/support/audit.ts';
import { extent } from '#tests/support/extent.ts';
import { replay } from '#tests/support/ledger.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';
import { reserveRequest } from '#tests/support/world.ts';

const HOLDS = extent({ sample: 1_500, whole: 10_000 });
const AT_ONCE = 500;
const BACK_MS = 60_000;

const time = ruler();
let floor: ShopFloor;
let web: RunningWeb;
let look: Witness;

beforeEach(async () => {
  floor = await shopFloor({ SWEEP_SECONDS: '1' });
  web = await floor.web();
  look = await witness(floor);
});
afterEach(async () => {
  await look?.close();
  await floor?.close();
});

/** Holds of one unit each, with their orders, as so many checkouts leave them. */
async function hold(saleId: string, productId: string, holds: number): Promise<void> {
  const inventory = inventoryScripts(look.redis);
  for (let at = 0; at < holds; at += AT_ONCE) {
    const records = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const request = reserveRequest({ saleId, productIds: [productId] });
        const reserved = await inventory.reserve(request);
        if (reserved.status !== 'reserved') throw new Error(reserved.status);
        const tokens = reserved.tokens[productId]!;
        return {
          _id: request.orderId,
          customer: request.customer,
          sale: saleId,
          requestFingerprint: '',
          itemsFingerprint: request.itemsFingerprint,
          items: [{ product: productId, name: 'Product', price: 1_000, quantity: 1, tokens }],
          tokens,
          total: 1_000,
          currency: 'EUR',
          status: 'RESERVED' as const,
          deadline: new Date(reserved.deadlineMs),
          extensions: [],
          createdAt: new Date(),
        };
      }),
    );
    await look.orders.insertMany(records);
  }
}

test.each(extent({ sample: ['off'], whole: ['off', 'on'] }))(
  `all workers were away while ${HOLDS} holds ran out: one that starts has every unit back within a minute, with events %s`,
  async (events) => {
    const { saleId, productIds } = await web.client.sale({ units: [HOLDS], holdSeconds: 1 });
    await hold(saleId, productIds[0]!, HOLDS);
    const shelf = async () => (await web.client.look(saleId)).products[0]!;
    expect(await shelf()).toMatchObject({ available: 0, held: HOLDS });
    const startedAt = performance.now();
    await floor.worker({ KEYSPACE_EVENTS: events });
    await until(async () => (await shelf()).available === HOLDS, {
      what: 'every unit is back',
      timeoutMs: 3 * BACK_MS,
      everyMs: 250,
    });
    const tookMs = performance.now() - startedAt;
    console.log(`${HOLDS} overdue holds: back ${Math.round(tookMs)} ms after the worker was started`);
    expect(tookMs).toBeLessThanOrEqual(time.allowed(BACK_MS));
    const { releases } = replay(await look.ledger(saleId));
    expect(releases.size).toBe(HOLDS);
    expect([...releases.values()].filter((times) => times !== 1)).toEqual([]);
    expect(await look.orders.countDocuments({ sale: saleId, status: 'CANCELLED', reason: 'EXPIRED' })).toBe(HOLDS);
    await expectSound(floor);
  },
  4 * BACK_MS,
);
