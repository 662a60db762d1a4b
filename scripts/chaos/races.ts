import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';
import { runEchoed } from '#scripts/chaos/run-echoed.ts';

/**
 * Confirm against expire, over and over, on throw-away services: the test of `npm test`, with as many races as are wished.
 * @param races how many payments come in the very moment in which their hold runs out
 * @returns whether each was paid or expired, never both, never neither, and the money agrees
 */
export async function runRaces(races: number): Promise<ProofResult> {
  const program = ['node_modules/vitest/vitest.mjs', 'run', 'tests/chaos/confirm-against-expire.test.ts'];
  const { code, output } = await runEchoed(program, { HOLDFAST_RACES: String(races) });
  const said = /^.*\d+ paid.*$/m.exec(output)?.[0] ?? '';
  return verdict(code === 0, [`${races} payments in the moment in which their hold runs out: exit code ${code}`, said]);
}
