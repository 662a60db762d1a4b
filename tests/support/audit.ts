import { expect } from 'vitest';
import type { ShopFloor } from '#tests/support/processes.ts';

/** Run the auditor (`npm run audit`) over a floor; a violation fails the test with the auditor's own words. */
export async function expectSound(floor: ShopFloor): Promise<void> {
  const { code, output } = await floor.run('audit');
  expect(code, output).toBe(0);
}
