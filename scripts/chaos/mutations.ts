import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProofResult } from '#scripts/chaos/evidence.ts';
import { makeWorkbench, readMutations, run, tryMutation } from '#scripts/chaos/workbench.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';

const EFFORT = { seeds: 10_000 };

/**
 * Apply each mutation to a copy of the project, run what should catch it, and print who did.
 * @param only part of the names, or several with commas; empty for all
 * @returns whether every one was caught (a survivor fails), and the copy without any passes everything
 */
export async function runMutations(only: string): Promise<ProofResult> {
  const wanted = only.split(',').filter(Boolean);
  const mutations = readMutations().filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-mutations-'));
  const [redis, mongo] = await Promise.all([
    startRedis({ dir: join(dir, 'redis') }),
    startMongo({ dir: join(dir, 'mongo') }),
  ]);
  let survivors = 0;
  const lines: string[] = [];
  try {
    const bench = makeWorkbench(dir, { REDIS_URL: redis.url, MONGODB_URI: mongo.url });
    for (const catcher of new Set(mutations.map((mutation) => mutation.catcher))) {
      const found = await run(bench, catcher, EFFORT);
      if (found.status !== 'nothing')
        throw new Error(`${catcher} fails without any mutation: ${JSON.stringify(found)}`);
    }
    for (const mutation of mutations) {
      const found = await tryMutation(bench, mutation, EFFORT);
      if (found.status !== 'caught') survivors += 1;
      lines.push(
        [
          found.status === 'caught' ? 'caught  ' : 'SURVIVED',
          mutation.catcher.padEnd(4),
          `${found.seconds.toFixed(1).padStart(6)} s`,
          `${mutation.name}: ${mutation.why}`,
          found.status === 'caught' ? `[${found.by}]` : found.status === 'unknown' ? `[${found.why}]` : '',
        ]
          .join('  ')
          .trimEnd(),
      );
      process.stderr.write(`${lines.at(-1)}\n`);
    }
  } finally {
    await Promise.all([redis.stop(), mongo.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
  const passed = mutations.length - survivors;
  return { passed, failed: survivors, figures: [...lines, `${passed} of ${mutations.length} caught`] };
}
