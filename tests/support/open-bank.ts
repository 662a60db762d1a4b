import { afterAll, afterEach, beforeAll } from 'vitest';
import { type BankFloor, bankFloor } from '#tests/support/bank.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

/** One web, worker and bank process for all tests of a file. Filled before the first test; after each, no fault is set. */
export function openBank(): BankFloor & { look: Witness } {
  const its = {} as BankFloor & { look: Witness };
  beforeAll(async () => {
    Object.assign(its, await bankFloor());
    its.look = await witness(its.floor);
  });
  afterEach(() => its.bank.faults());
  afterAll(async () => {
    await its.look?.close();
    await its.close?.();
  });
  return its;
}
