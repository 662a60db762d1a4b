import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ProofResult } from '#scripts/chaos/evidence.ts';
import { runEchoed } from '#scripts/chaos/run-echoed.ts';

/** Test files whose proof has a size, a promise in seconds, or browser tests that run at one size of the window alone. */
const SIZED = /support\/(?:extent|ruler|whole-test)\.ts|@once/;

/**
 * Run the tests that `npm test` runs as a sample in their whole size, with services on the disk. Those that measure time have
 * the machine to themselves.
 */
export async function runWholeTests(): Promise<ProofResult> {
  const files = readdirSync('tests', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(test|spec)\.ts$/.test(name))
    .map((name) => path.join('tests', name))
    .filter((file) => !file.startsWith('tests/stripe/') && SIZED.test(readFileSync(file, 'utf8')))
    .sort();
  const browser = files.some((file) => file.endsWith('.spec.ts'));
  const program = ['scripts/test.ts', `--only=build,vitest${browser ? ',browser' : ''}`, ...files];
  const { output } = await runEchoed(program, { HOLDFAST_EXTENT: 'whole' });
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output.trim().split('\n').at(-1) ?? '') ?? [];
  const failures = output.slice(output.lastIndexOf('── Failed')).split('\n').slice(0, 40);
  return {
    passed: Number(passed ?? 0),
    failed: Number(failed ?? 1),
    figures: [
      `${passed ?? 0} tests of ${files.length} files in their whole size: ${failed ?? 'the run ended, so at least 1'} failed`,
      ...(output.includes('── Failed') ? failures : []),
    ],
  };
}
