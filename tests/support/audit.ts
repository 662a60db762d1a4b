import { expect } from 'vitest';
import type { ProductRecord } from '#lib/mongo/models.ts';
import { checkHistory, type Told } from '#tests/support/history.ts';
import { replay } from '#tests/support/ledger.ts';
import type { ShopFloor } from '#tests/support/processes.ts';
import type { Witness } from '#tests/support/witness.ts';

/** Run the auditor (`npm run audit`) over a floor; a violation fails the test with the auditor's own words. */
export async function expectSound(floor: ShopFloor): Promise<void> {
  const { code, output } = await floor.run('audit');
  expect(code, output).toBe(0);
}

/** When a floor has come to rest and no call is under way: what shoppers were told is true, and the auditor finds nothing. */
export async function expectPromisesKept(floor: ShopFloor, look: Witness): Promise<void> {
  expect(checkHistory(await whatWasTold(floor, look)), 'by what the shoppers saw').toEqual([]);
  await expectSound(floor);
}

/**
 * What the shoppers of a floor were told, beside what is on record. A call that got no answer, since its process died or Redis
 * was away, is an unknown one.
 */
export async function whatWasTold({ calls }: ShopFloor, look: Witness): Promise<Told> {
  const products = await look.db.collection<ProductRecord>('products').find().toArray();
  const orders = await look.orders.find().toArray();
  const sales = new Set(products.map(({ sale }) => sale));
  const replays = await Promise.all([...sales].map(async (saleId) => replay(await look.ledger(saleId))));
  return {
    calls,
    units: new Map(products.map(({ _id, minted }) => [_id, minted])),
    orders: new Map(
      orders.map(({ _id, status, reason = null, tokens, cancelledAt }) => [
        _id,
        { status, reason, tokens, endedMs: cancelledAt?.getTime() ?? null },
      ]),
    ),
    releasedAt: new Map(replays.flatMap(({ releasedAt }) => [...releasedAt])),
    freeSince: new Map(replays.flatMap(({ freeSince }) => [...freeSince])),
  };
}
