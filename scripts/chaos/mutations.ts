import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SIMULATION_ENVIRONMENT, TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';

/** A deliberate break of the product, and who is expected to notice. */
export interface Mutation {
  name: string;
  why: string;
  catcher: Catcher;
  file: string;
}

type Catcher = 'sim' | 'lua' | 'lib';

/** What runs to catch a mutation: it must fail. */
const CATCHERS: Record<Catcher, string[]> = {
  sim: ['tests/sim/run.ts', '--seeds', '20000', '--seconds', '55'],
  lua: [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--bail',
    '1',
    'tests/lua/reserve.test.ts',
    'tests/lua/transitions.test.ts',
    'tests/lib/differential.test.ts',
  ],
  lib: [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--bail',
    '1',
    'tests/lib/checkout.test.ts',
    'tests/lib/settle.test.ts',
    'tests/lib/rebuild.test.ts',
    'tests/lib/differential.test.ts',
  ],
};
const FOLDER = 'tests/mutations';

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
 * Apply each mutation to a copy of the project, run what should catch it, and print who did.
 * @param only part of the names, or several with commas; empty for all
 * @returns whether every one was caught (a survivor fails), and the copy without any passes everything
 */
export async function runMutations(only: string): Promise<boolean> {
  const wanted = only.split(',').filter(Boolean);
  const mutations = readMutations().filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-mutations-'));
  const [redis, mongo] = await Promise.all([
    startRedis({ dir: join(dir, 'redis') }),
    startMongo({ dir: join(dir, 'mongo') }),
  ]);
  const env = { ...process.env, ...TEST_SECRETS, REDIS_URL: redis.url, MONGODB_URI: mongo.url };
  const copy = copyProject(join(dir, 'copy'));
  let survivors = 0;
  const fails = (catcher: Catcher) => {
    const own = catcher === 'sim' ? SIMULATION_ENVIRONMENT : {};
    const options = { cwd: copy, env: { ...env, ...own }, stdio: 'ignore', timeout: 180_000 } as const;
    return spawnSync(process.execPath, CATCHERS[catcher], options).status !== 0;
  };
  try {
    for (const catcher of new Set(mutations.map((mutation) => mutation.catcher))) {
      if (fails(catcher)) throw new Error(`${catcher} fails without any mutation: it would catch everything`);
    }
    for (const { name, why, catcher, file } of mutations) {
      apply(copy, file);
      const began = performance.now();
      const caught = fails(catcher);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (!caught) survivors += 1;
      process.stdout.write(
        `${caught ? 'caught  ' : 'SURVIVED'}  ${catcher.padEnd(4)} ${seconds.padStart(6)} s  ${name}: ${why}\n`,
      );
      apply(copy, file, '-R');
    }
  } finally {
    await Promise.all([redis.stop(), mongo.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
  process.stdout.write(`${mutations.length - survivors} of ${mutations.length} caught\n`);
  return survivors === 0;
}

function apply(copy: string, file: string, ...options: string[]): void {
  execFileSync('git', ['apply', ...options, join(process.cwd(), FOLDER, file)], { cwd: copy });
}

/** The project's own files as they are now, with the packages of this one. */
function copyProject(copy: string): string {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
    .split('\0')
    .filter(Boolean);
  for (const file of files) {
    if (
      !/^(lib|lua|app\/api|worker|tests|scripts|package\.json|tsconfig\.json|vitest\.config\.ts|server\.ts|\.env\.example)/.test(
        file,
      )
    )
      continue;
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(file, join(copy, file));
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
