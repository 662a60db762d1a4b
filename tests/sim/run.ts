import { parseArgs } from 'node:util';
import { SIMULATION_ENVIRONMENT } from '#scripts/chaos/environment.ts';
import { startCoverage } from './coverage.ts';

// `node tests/sim/run.ts --seeds 20000 --start 1`: run seeds, print figures as one JSON line; exit 1 at the first broken one,
// with its history. `--seed N` replays one; `--no-loss` leaves Redis's data alone; `--seconds N` stops after that long;
// `--coverage` adds the lines of the protocol that no seed has run, and takes up to twice as long to run them all; `--rare` looks
// after each seed, and names those that ran a line for the first time.
Object.assign(process.env, SIMULATION_ENVIRONMENT);
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    start: { type: 'string', default: '1' },
    seed: { type: 'string' },
    seconds: { type: 'string', default: '3600' },
    'no-loss': { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    rare: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed ?? values.start);
const count = values.seed ? 1 : Number(values.seeds);
const began = performance.now();
const coverage = values.coverage || values.rare ? await startCoverage() : undefined;
const { FAULTS, LOSSES, runSeed, SeedError } = await import('./run-seed.ts');
const total: Record<string, number> = {};

/**
 * They run lines that hundreds of seeds may not: first of all where coverage is counted, so that a short run needs no luck. What a
 * seed does changes with the code that it runs; `--rare --start 1 --seeds 3000` finds others.
 */
const RARE = [
  42, 47, 48, 62, 67, 79, 90, 95, 108, 115, 130, 136, 146, 155, 157, 229, 305, 333, 375, 471, 506, 598, 947, 1359, 2366,
  6117,
];

/** Time is up; where coverage is counted, it is up twice as late unless every line has been run. */
async function over(): Promise<boolean> {
  const spent = (performance.now() - began) / 1_000 / Number(values.seconds);
  if (spent < 1) return false;
  if (spent > 2 || !coverage) return true;
  return seeds % 100 === 0 && (await coverage.uncovered()).length === 0;
}

function* allSeeds(): Generator<number> {
  if (values.coverage) yield* RARE;
  for (let seed = first; seed < first + count; seed++) yield seed;
}

let left: string[] = [];
/** Say which lines this seed was the first to run. */
async function nameRare(seed: number): Promise<void> {
  const now = (await coverage?.uncovered()) ?? [];
  for (const line of left) if (!now.includes(line)) console.log(`${seed} was the first to run ${line}`);
  left = now;
}

let steps = 0;
let seeds = 0;
try {
  for (const seed of allSeeds()) {
    if (await over()) break;
    const result = await runSeed(seed, { dataLoss: !values['no-loss'] });
    for (const [what, times] of Object.entries(result.counted)) total[what] = (total[what] ?? 0) + times;
    steps += result.steps;
    seeds += 1;
    if (values.rare) await nameRare(seed);
  }
  const kinds = [...FAULTS, ...(values['no-loss'] ? [] : LOSSES)];
  const faults = Object.fromEntries(kinds.map((kind) => [kind, total[`fault ${kind}`] ?? 0]));
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
