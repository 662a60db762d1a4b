import { parseArgs } from 'node:util';
import { startCoverage } from './coverage.ts';
import { runSeed, SeedError } from './run-seed.ts';

// `node tests/sim/run.ts --seeds 20000 --start 1`: run seeds, print figures as one JSON line; exit 1 at the first broken one,
// with its history. `--seed N` replays one; `--no-loss` leaves Redis's data alone; `--seconds N` stops after that long;
// `--coverage` adds the lines of the protocol that no seed has run.
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    start: { type: 'string', default: '1' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '3600' },
    'no-loss': { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed ?? values.start);
const count = values.seed ? 1 : Number(values.seeds);
const began = performance.now();
const coverage = values.coverage ? await startCoverage() : undefined;
const total: Record<string, number> = {};
let steps = 0;
let seeds = 0;
try {
  for (let seed = first; seed < first + count && performance.now() - began < Number(values.seconds) * 1000; seed++) {
    const result = await runSeed(seed, { dataLoss: !values['no-loss'] });
    for (const [what, times] of Object.entries(result.counted)) total[what] = (total[what] ?? 0) + times;
    steps += result.steps;
    seeds += 1;
  }
  const faults = Object.entries(total)
    .filter(([what]) => what.startsWith('fault '))
    .reduce((sum, [, times]) => sum + times, 0);
  const uncovered = (await coverage?.uncovered()) ?? [];
  console.log(
    JSON.stringify({
      seeds,
      steps,
      faults,
      seconds: Math.round((performance.now() - began) / 100) / 10,
      total,
      uncovered,
    }),
  );
} catch (error) {
  if (!(error instanceof SeedError)) throw error;
  console.log([...error.history, error.message, String((error.cause as Error).stack)].join('\n'));
  console.log(
    JSON.stringify({
      broken: error.seed,
      why: error.message,
      seeds,
      replay: `node tests/sim/run.ts --seed ${error.seed}${values['no-loss'] ? ' --no-loss' : ''}`,
    }),
  );
  process.exitCode = 1;
}
