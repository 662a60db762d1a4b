import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';

interface Figures {
  seeds: number;
  steps: number;
  /** By kind; each counted when it had an effect. */
  faults: Record<string, number>;
  uncovered: string[];
}

/** How many seeds one process runs before it says how far it is. */
const PART = 5_000;
/** So many seeds reach every line; with fewer of them a line that none has run proves nothing. */
const ENOUGH = 20_000;

/**
 * Run seeds of the simulation on every core, in parts, with progress. Coverage is counted until every line of the protocol has
 * been run by some part.
 * @returns whether every seed kept every promise, every kind of fault struck, and every line was run
 */
export async function runSimulation(start: number, seeds: number): Promise<ProofResult> {
  const began = performance.now();
  const sum: Figures = { seeds: 0, steps: 0, faults: {}, uncovered: [] };
  let uncovered: Set<string> | undefined;
  let next = start;
  let sound = true;
  const lane = async () => {
    while (sound && next < start + seeds) {
      const from = next;
      next += PART;
      const counting = uncovered === undefined || uncovered.size > 0;
      const output = await run(from, Math.min(PART, start + seeds - from), counting);
      const figures = JSON.parse(output.trim().split('\n').at(-1)!) as Figures & { broken?: number };
      if (figures.broken !== undefined) {
        process.stdout.write(output);
        sound = false;
        return;
      }
      if (counting) uncovered = new Set(figures.uncovered).intersection(uncovered ?? new Set(figures.uncovered));
      sum.seeds += figures.seeds;
      sum.steps += figures.steps;
      for (const [kind, times] of Object.entries(figures.faults)) sum.faults[kind] = (sum.faults[kind] ?? 0) + times;
      process.stderr.write(`${sum.seeds} seeds, ${secondsSince(began)} s\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  sum.uncovered = [...(uncovered ?? [])];
  const missing = Object.keys(sum.faults).filter((kind) => sum.faults[kind] === 0);
  const complete = seeds < ENOUGH || (sum.uncovered.length === 0 && missing.length === 0);
  return verdict(sound && complete, [
    ...(sound ? rows(sum, secondsSince(began)) : ['a promise is broken: the seed and its history are in the output']),
    ...(missing.length > 0 ? [`faults that had no effect: ${missing.join(', ')}`] : []),
    ...sum.uncovered.map((line) => `no seed has run ${line}`),
  ]);
}

const secondsSince = (began: number) => Math.round((performance.now() - began) / 1_000);

function rows({ seeds, steps, faults, uncovered }: Figures, seconds: number): string[] {
  const kinds = Object.entries(faults).toSorted(([, a], [, b]) => b - a);
  const all = kinds.reduce((sum, [, times]) => sum + times, 0);
  const number = (value: number) => value.toLocaleString('en');
  return [
    `${number(seeds)} seeds, ${number(steps)} steps, ${number(all)} faults: 0 violations, ${uncovered.length} lines of the protocol not reached, ${number(seconds)} s`,
    `Faults by kind: ${kinds.map(([kind, times]) => `${kind} ${number(times)}`).join(', ')}.`,
  ];
}

function run(start: number, seeds: number, counting: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['tests/sim/run.ts', '--start', String(start), '--seeds', String(seeds), ...(counting ? ['--coverage'] : [])],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 || code === 1 ? resolve(output) : reject(new Error(`the simulation ended with ${code}`)),
    );
  });
}
