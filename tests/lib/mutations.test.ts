import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  type Effort,
  makeWorkbench,
  readMutations,
  run,
  tryMutation,
  type Workbench,
} from '#scripts/chaos/workbench.ts';
import { extent } from '#tests/support/extent.ts';

/** A sample of the breaks that `npm run chaos -- mutations` tries, each with the least that notices it. */
const SAMPLE: Record<string, Effort> = extent<Record<string, Effort>>({
  sample: { 'no-fence-index': { seeds: 0, tests: ['tests/lib/checkout.test.ts'] }, 'no-tombstone': { seeds: 300 } },
  whole: {
    'part-of-a-cart': { seeds: 0, tests: ['tests/lua/reserve.test.ts'] },
    'no-fence-index': { seeds: 0, tests: ['tests/lib/checkout.test.ts'] },
    'deadline-ignored-in-settle': { seeds: 0, tests: ['tests/lib/settle.test.ts'] },
    'capture-before-the-unit-is-won': { seeds: 300 },
    'no-tombstone': { seeds: 300 },
  },
});
const EFFORT_MS = 300_000;

const mutations = readMutations();
let dir: string;
let bench: Workbench;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-mutations-'));
  bench = makeWorkbench(dir, { REDIS_URL: process.env.REDIS_URL!, MONGODB_URI: process.env.MONGODB_URI! });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('every mutation says what it breaks and who catches it', () => {
  expect(mutations.length).toBeGreaterThanOrEqual(50);
  expect(new Set(mutations.map(({ why }) => why)).size).toBe(mutations.length);
});

test('every mutation still finds the lines that it breaks', () => {
  for (const { file } of mutations) {
    apply(bench, file);
    apply(bench, file, '-R');
  }
});

test(
  'nothing is noticed where nothing is broken',
  async () => {
    const tests = Object.values(SAMPLE).flatMap((effort) => effort.tests ?? []);
    expect(await run(bench, 'lib', { seeds: 0, tests })).toEqual({ status: 'nothing' });
    expect(await run(bench, 'sim', { seeds: 300 })).toEqual({ status: 'nothing' });
  },
  EFFORT_MS,
);

test.each(Object.entries(SAMPLE))(
  '%s is noticed',
  async (name, effort) => {
    const mutation = mutations.find((one) => one.name === name)!;
    expect(await tryMutation(bench, mutation, effort)).toMatchObject({ status: 'caught' });
  },
  EFFORT_MS,
);
