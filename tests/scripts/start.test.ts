import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLineOf } from '#scripts/processes.mjs';
import { freePort } from '#scripts/services/ports.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { hashSources } from '#scripts/start/build.ts';
import { SETTINGS } from '#scripts/test/environment.ts';
import { extent } from '#tests/support/extent.ts';
import { until } from '#tests/support/until.ts';

const project = path.resolve(import.meta.dirname, '../..');
/** The build takes most of a first start, so a sample takes over the one of this run where there is one. */
const BUILDS =
  extent({ sample: false, whole: true }) || !existsSync(path.join(project, process.env.NEXT_DIST_DIR || '.none'));
let clone: string;
let port: number;
const children: ChildProcess[] = [];
/** What an installation leaves in node_modules beside packages (scripts/install.mjs reads all three). */
const OF_AN_INSTALLATION = ['.bin', '.package-lock.json', '.holdfast-lock'];

/** A clone of the work tree as it is, with the dependencies already there (links: no copying). */
beforeAll(async () => {
  mkdirSync(path.join(project, '.data'), { recursive: true });
  clone = mkdtempSync(path.join(project, '.data', 'clone-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: project,
  });
  for (const name of listed.toString().split('\0').filter(Boolean)) {
    if (existsSync(path.join(project, name))) cpSync(path.join(project, name), path.join(clone, name));
  }
  const installed = path.join(project, 'node_modules');
  mkdirSync(path.join(clone, 'node_modules'));
  // Not the caches that the test runner writes there meanwhile: files of theirs vanish while cp reads them.
  const parts = readdirSync(installed).filter((name) => !name.startsWith('.') || OF_AN_INSTALLATION.includes(name));
  const from = parts.map((name) => path.join(installed, name));
  execFileSync('cp', ['-al', ...from, path.join(clone, 'node_modules')]);
  if (!BUILDS) takeOverBuild();
  port = await freePort();
});

/** Give the clone the pages that this run has built, as if it had built them. */
function takeOverBuild(): void {
  cpSync(path.join(project, process.env.NEXT_DIST_DIR!), path.join(clone, '.next'), { recursive: true });
  mkdirSync(path.join(clone, '.data'));
  writeFileSync(path.join(clone, '.data', 'build-.next.sha256'), hashSources(clone));
}
afterAll(async () => {
  for (const child of children) child.kill('SIGTERM');
  await until(() => ours().length === 0, { what: 'everything has ended' });
  removeFolder(clone);
});

interface Start {
  output(): string;
  ready(): Promise<number>;
  signal(name: NodeJS.Signals): void;
  exit: Promise<number | null>;
}

/** `npm start` in the clone, its output in a pipe. */
function start(): Start {
  const startedAt = Date.now();
  const machine = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SETTINGS.includes(name)));
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...machine, NODE_ENV: 'production', PORT: String(port), HOLDFAST_TEST: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exit = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    output: () => output,
    signal: (name) => void child.kill(name),
    exit,
    async ready() {
      const ended = exit.then(() => true);
      while (!output.includes('Ready.')) {
        const isOver = await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve(false), 50))]);
        if (isOver) throw new Error(`npm start has ended:\n${output}`);
      }
      return Date.now() - startedAt;
    },
  };
}

/** The processes whose command line names the clone. */
function ours(): string[] {
  if (!existsSync('/proc'))
    return execFileSync('ps', ['-eo', 'command='])
      .toString()
      .split('\n')
      .filter((line) => line.includes(clone));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLineOf(Number(pid)))
    .filter((line) => line.includes(clone));
}

const ask = async (what: string) => (await fetch(`http://127.0.0.1:${port}${what}`)).json();

test('a clone becomes a shop, stops without a trace, and is back in seconds with its data', {
  timeout: 480_000,
}, async () => {
  const first = start();
  const firstMs = await first.ready();
  expect(first.output().includes('Build')).toBe(BUILDS);
  const { products } = await ask('/api/products');
  expect(products).toHaveLength(8);
  expect(await ask('/api/ready')).toMatchObject({ status: 'ok' });

  const bankUrl = /Test bank {3}(http:\/\/localhost:\d+)/.exec(first.output())?.[1];
  expect(await (await fetch(`${bankUrl}/health`)).json()).toEqual({ status: 'ok' });

  const secrets = parseEnv(readFileSync(path.join(clone, '.env.local'), 'utf8'));
  expect(statSync(path.join(clone, '.env.local')).mode & 0o777).toBe(0o600);
  expect(secrets.ADMIN_API_KEY).toBeTruthy();
  for (const name of ['ADMIN_API_KEY', 'NEXTAUTH_SECRET', 'SANDBOX_WEBHOOK_SECRET']) {
    expect(first.output()).not.toContain(secrets[name]); // not a terminal: it may be a log
  }
  const made = await fetch(`http://127.0.0.1:${port}/api/product`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secrets.ADMIN_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Made between two starts', price: 100 }),
  });
  expect(made.status).toBe(201);

  const addresses = parseEnv(readFileSync(path.join(clone, '.data/run.env'), 'utf8'));
  expect(addresses.REDIS_URL).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(addresses.MONGODB_URI).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\//);

  const beside = start();
  expect(await beside.exit).toBe(1);
  expect(beside.output()).toContain(`already runs from this folder at http://localhost:${port}`);

  first.signal('SIGTERM');
  expect(await first.exit).toBe(0);
  expect(ours()).toEqual([]);
  expect(existsSync(path.join(clone, '.data/run.env'))).toBe(false);

  const second = start();
  const secondMs = await second.ready();
  if (BUILDS) expect(secondMs, 'nothing is installed, built or seeded again').toBeLessThan(firstMs / 2);
  expect(second.output()).not.toContain('Build');
  const names = (await ask('/api/products')).products.map(({ name }: { name: string }) => name);
  expect(names).toHaveLength(9);
  expect(names).toContain('Made between two starts');
  expect(parseEnv(readFileSync(path.join(clone, '.env.local'), 'utf8'))).toEqual(secrets);

  const record = JSON.parse(readFileSync(path.join(clone, '.data/run.json'), 'utf8'));
  const worker = record.children.find(({ name }: { name: string }) => name === 'worker');
  process.kill(worker.pid, 'SIGKILL');
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain('worker has ended unexpectedly');
  expect(ours()).toEqual([]);
});
