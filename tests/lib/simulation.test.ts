import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

const SECONDS = 28;

/** Fresh seeds at each run; a failing one is printed with its history and replays exactly. */
function simulate(...options: string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    ['tests/sim/run.ts', '--seconds', String(SECONDS), '--seeds', '10000', ...options],
    {
      env: { ...process.env, LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

test('up to 20,000 shops in a world of crashes, pauses, lost answers and lost data: no promise is broken', async () => {
  const start = (Date.now() % 1_000_000) * 100_000;
  const [withLoss, withoutLoss] = await Promise.all([
    simulate('--start', String(start), '--coverage'),
    simulate('--start', String(start + 50_000), '--no-loss'),
  ]);
  for (const output of [withLoss, withoutLoss]) {
    const last = output.trim().split('\n').at(-1)!;
    const figures = JSON.parse(last) as { seeds: number; faults: number; broken?: number };
    if (figures.broken !== undefined) throw new Error(output.slice(-20_000));
    expect(figures.seeds).toBeGreaterThan(300);
    expect(figures.faults).toBeGreaterThan(figures.seeds);
    console.log(`${figures.seeds} seeds, ${figures.faults} faults`);
  }
  const { uncovered } = JSON.parse(withLoss.trim().split('\n').at(-1)!) as { uncovered: string[] };
  console.log(
    `lines of the protocol that these seeds did not run: ${uncovered.length === 0 ? 'none' : uncovered.join('\n')}`,
  );
}, 90_000);
