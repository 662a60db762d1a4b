import { expect } from 'vitest';
import type { CrowdResult } from '#tests/support/buyers.ts';
import { checkHistory } from '#tests/support/history.ts';
import { replay } from '#tests/support/ledger.ts';
import type { ShopFloor } from '#tests/support/processes.ts';
import type { Witness } from '#tests/support/witness.ts';

/** Run the auditor (`npm run audit`) over a floor; a violation fails the test with the auditor's own words. */
export async function expectSound(floor: ShopFloor): Promise<void> {
  const { code, output } = await floor.run('audit');
  expect(code, output).toBe(0);
}

/** What a crowd was told can all be true of one sale of so many units, and nothing that was acknowledged is lost. */
export async function expectTrue(
  { calls, promised }: CrowdResult,
  look: Witness,
  saleId: string,
  units: number,
): Promise<void> {
  const records = await look.orders.find({ sale: saleId }).toArray();
  const orders = new Map(records.map(({ _id, status, reason = null }) => [_id, { status, reason }]));
  const { releasedAt } = replay(await look.ledger(saleId));
  expect(checkHistory({ calls, promised, units, orders, releasedAt })).toEqual([]);
}
