import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { SIMULATION_ENVIRONMENT } from '#scripts/chaos/environment.ts';

interface Figures {
  seeds: number;
  steps: number;
  faults: number;
  seconds: number;
  total: Record<string, number>;
  uncovered: string[];
}

/** How many seeds one process runs before it says how far it is. */
const PART = 5_000;

/**
 * Run seeds of the simulation on every core, in parts, with progress.
 * @returns whether every one of them kept every promise
 */
export async function runSimulation(start: number, seeds: number): Promise<boolean> {
  const began = performance.now();
  const sum: Figures = { seeds: 0, steps: 0, faults: 0, seconds: 0, total: {}, uncovered: [] };
  let next = start;
  let sound = true;
  const lane = async () => {
    while (sound && next < start + seeds) {
      const from = next;
      next += PART;
      const output = await run(from, Math.min(PART, start + seeds - from));
      const figures = JSON.parse(output.trim().split('\n').at(-1)!) as Figures & { broken?: number };
      if (figures.broken !== undefined) {
        process.stdout.write(output);
        sound = false;
        return;
      }
      add(sum, figures);
      const seconds = Math.round((performance.now() - began) / 1000);
      process.stderr.write(`${sum.seeds} seeds, ${sum.faults} faults, ${seconds} s\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  sum.seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${JSON.stringify(sum, null, 2)}\n${sound ? `${sum.seeds} seeds, ${sum.faults} faults: 0 violations` : 'BROKEN'}\n`,
  );
  return sound;
}

function add(sum: Figures, { seeds, steps, faults, total }: Figures): void {
  sum.seeds += seeds;
  sum.steps += steps;
  sum.faults += faults;
  for (const [what, times] of Object.entries(total)) sum.total[what] = (sum.total[what] ?? 0) + times;
}

function run(start: number, seeds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['tests/sim/run.ts', '--start', String(start), '--seeds', String(seeds)], {
      env: { ...process.env, ...SIMULATION_ENVIRONMENT },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 || code === 1 ? resolve(output) : reject(new Error(`the simulation ended with ${code}`)),
    );
  });
}
