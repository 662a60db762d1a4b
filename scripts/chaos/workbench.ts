import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SIMULATION_ENVIRONMENT, TEST_SECRETS } from '#scripts/chaos/environment.ts';

/** A deliberate break of the product, and who is expected to notice. */
export interface Mutation {
  name: string;
  why: string;
  catcher: Catcher;
  file: string;
}

export type Catcher = 'sim' | 'lua' | 'lib';

/** What a catcher found: the first test or promise that failed, `nothing`, or that it could not be asked (and why). */
export type Found = { status: 'caught'; by: string } | { status: 'nothing' } | { status: 'unknown'; why: string };

/** How hard to look. */
export interface Effort {
  /** Seeds of the simulation, always the same ones. */
  seeds: number;
  /** Only these of the catcher's tests. */
  tests?: string[];
}

/** A copy of the project that may be broken, on a Redis and a MongoDB that nothing of worth is on. */
export interface Workbench {
  copy: string;
  env: NodeJS.ProcessEnv;
}

/** Where Vitest's report lies in the copy. */
const REPORT = '.report.json';
const VITEST = [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...['--project', 'unit', '--bail', '1', '--testTimeout', '120000'],
  ...['--reporter', 'json', '--outputFile', REPORT],
];
/** The tests that catch a mutation, where the simulation does not. */
const TESTS = {
  lua: ['tests/lua/reserve.test.ts', 'tests/lua/transitions.test.ts', 'tests/lib/differential.test.ts'],
  lib: [
    'tests/lib/checkout.test.ts',
    'tests/lib/settle.test.ts',
    'tests/lib/rebuild.test.ts',
    'tests/lib/reconcile.test.ts',
    'tests/lib/differential.test.ts',
  ],
};
const FOLDER = 'tests/mutations';
/** What the catchers need of the project. */
const PARTS = [
  'lib',
  'lua',
  'app/api',
  'worker',
  'tests',
  'scripts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'server.ts',
];
/** A catcher that has not ended by then has caught nothing. */
const CATCHER_MS = 15 * 60_000;

/** @returns every mutation under tests/mutations, by name */
export function readMutations(): Mutation[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.diff'))
    .sort()
    .map((file) => {
      const [why, by] = readFileSync(join(FOLDER, file), 'utf8').split('\n');
      const catcher = /^# caught by: (sim|lua|lib)$/.exec(by ?? '')?.[1] as Catcher | undefined;
      if (!why?.startsWith('# ') || !catcher) throw new Error(`${file} does not say what it breaks and who catches it`);
      return { name: file.replace('.diff', ''), why: why.slice(2), catcher, file };
    });
}

/**
 * Copy the project's own files, as they are now, next to the packages of this one.
 * @param dir made here; the caller removes it
 * @param services where the tests of the copy find their Redis and MongoDB
 */
export function makeWorkbench(dir: string, services: { REDIS_URL: string; MONGODB_URI: string }): Workbench {
  const copy = join(dir, 'copy');
  for (const part of PARTS) {
    mkdirSync(join(copy, dirname(part)), { recursive: true });
    cpSync(part, join(copy, part), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  // A test runner that runs this very line names itself in its environment; the one that is started is another.
  const env: NodeJS.ProcessEnv = { ...process.env, ...TEST_SECRETS, ...services };
  for (const name of Object.keys(env)) if (name.startsWith('VITEST')) delete env[name];
  return { copy, env };
}

/** Break the copy, run what should notice, and mend it. */
export async function tryMutation(
  bench: Workbench,
  { file, catcher }: Mutation,
  effort: Effort,
): Promise<Found & { seconds: number }> {
  apply(bench, file);
  const began = performance.now();
  try {
    const found = await run(bench, catcher, effort);
    return { ...found, seconds: Math.round((performance.now() - began) / 100) / 10 };
  } finally {
    apply(bench, file, '-R');
  }
}

/** Run a catcher on the copy as it is. */
export async function run({ copy, env }: Workbench, catcher: Catcher, { seeds, tests }: Effort): Promise<Found> {
  const own = catcher === 'sim' ? SIMULATION_ENVIRONMENT : {};
  const program =
    catcher === 'sim' ? ['tests/sim/run.ts', '--seeds', String(seeds)] : [...VITEST, ...(tests ?? TESTS[catcher])];
  const child = spawn(process.execPath, program, {
    cwd: copy,
    env: { ...env, ...own },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: CATCHER_MS,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return { status: 'nothing' };
  const by = catcher === 'sim' ? brokenPromise(output) : failedTest(readReport(copy));
  return by ? { status: 'caught', by } : { status: 'unknown', why: `it ended with ${code}: ${output.slice(-2_000)}` };
}

/** What the simulation says of the first seed that broke a promise. */
function brokenPromise(output: string): string | undefined {
  const figures = parse(output.trim().split('\n').at(-1) ?? '') as { why?: string } | undefined;
  return figures?.why;
}

interface Report {
  testResults: { assertionResults: { status: string; title: string; failureMessages: string[] }[] }[];
}

/** The first test that failed by what it expects: a file that does not even load proves nothing, nor does a slow machine. */
function failedTest({ testResults }: Report): string | undefined {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return tests.find(
    ({ status, failureMessages }) =>
      status === 'failed' && !failureMessages.some((message) => message.includes('Test timed out')),
  )?.title;
}

/** The report of the run that has just ended; none when it did not come to write one. */
function readReport(copy: string): Report {
  const file = join(copy, REPORT);
  const report = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Report) : { testResults: [] };
  rmSync(file, { force: true });
  return report;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Break a copy, or mend it with `-R`; throws when the lines to break are not there any more.
 * Git needs no repository for this, and shall not find one above the copy: it would look for the files there.
 */
export function apply({ copy }: Workbench, file: string, ...options: string[]): void {
  execFileSync('git', ['apply', '--whitespace=nowarn', ...options, join(process.cwd(), FOLDER, file)], {
    cwd: copy,
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(copy) },
  });
}
