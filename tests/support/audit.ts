import { expect } from 'vitest';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { checkHistory, whatWasTold } from '#tests/support/history.ts';
import type { ShopFloor } from '#tests/support/processes.ts';
import type { Witness } from '#tests/support/witness.ts';

/** Run the auditor (`npm run audit`) over a floor; a violation fails the test with the auditor's own words. */
export async function expectSound(floor: ShopFloor): Promise<void> {
  const { code, output } = await floor.run('audit');
  expect(code, `${BROKEN_PROMISE}: ${output}`).toBe(0);
}

/** When a floor has come to rest and no call is under way: what shoppers were told is true, and the auditor finds nothing. */
export async function expectPromisesKept(floor: ShopFloor, look: Witness): Promise<void> {
  expect(checkHistory(await whatWasTold(floor, look)), `${BROKEN_PROMISE} by what the shoppers saw`).toEqual([]);
  await expectSound(floor);
}
