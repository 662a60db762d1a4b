import { spawn } from 'node:child_process';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';

/**
 * Confirm against expire, over and over, on throw-away services: the test of `npm test`, with as many races as are wished.
 * @param races how many payments come in the very moment in which their hold runs out
 * @returns whether each was paid or expired, never both, never neither, and the money agrees
 */
export async function runRaces(races: number): Promise<ProofResult> {
  const program = ['node_modules/vitest/vitest.mjs', 'run', 'tests/chaos/confirm-against-expire.test.ts'];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, HOLDFAST_RACES: String(races) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const said = /^.*\d+ paid.*$/m.exec(output)?.[0] ?? '';
  return verdict(code === 0, [`${races} payments in the moment in which their hold runs out: exit code ${code}`, said]);
}
