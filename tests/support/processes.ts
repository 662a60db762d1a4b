import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '#scripts/services/ports.ts';
import { type RunningRedis, startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import type { Call } from '#tests/support/calls.ts';
import { client, type ShopClient } from '#tests/support/http.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';
import { until } from '#tests/support/until.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A real web, worker or bank process. */
export interface Running {
  process: ChildProcess;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves when it is gone. */
  exit: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then wait; SIGKILL after ten seconds. */
  stop(): Promise<Exit>;
}

export interface RunningWeb extends Running {
  url: string;
  client: ShopClient;
}

/** Real processes over a Redis of their own and a database of their own; `close` ends everything. */
export interface ShopFloor {
  env: Record<string, string>;
  redis: RunningRedis;
  /** Every call that a shopper has made at one of its web processes, in the order in which they ended. */
  calls: Call[];
  web(env?: Record<string, string>): Promise<RunningWeb>;
  worker(env?: Record<string, string>): Promise<Running>;
  /** The sandbox's bank on SANDBOX_PORT. */
  sandbox(env?: Record<string, string>): Promise<Running>;
  /** Start `server.ts` or `worker/index.ts` and wait for nothing: one that is to die or to refuse. */
  spawn(program: string, env?: Record<string, string>): Running;
  /** Run a script of scripts/ to its end. */
  run(script: string, ...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Stop every process but these, and forget the calls: the floor is as it was when these had started. */
  reset(kept: Running[]): Promise<void>;
  close(): Promise<void>;
}

/** @param env on top of the test shop's own: HOLD_SECONDS, KEYSPACE_EVENTS, MONGODB_URI … */
export async function shopFloor(env: Record<string, string> = {}): Promise<ShopFloor> {
  const dir = serviceFolder('floor');
  const redis = await startRedis({ dir, log: () => {} });
  const uri = new URL(process.env.MONGODB_URI!);
  uri.pathname = `/floor-${randomBytes(6).toString('hex')}`;
  const shared: Record<string, string> = {
    REDIS_URL: redis.url,
    MONGODB_URI: uri.href,
    SWEEP_SECONDS: '1',
    RATE_LIMIT: 'off', // every caller of a test has the same address
    NEXTAUTH_URL: '',
    ...env,
  };
  const started: Running[] = [];
  const calls: Call[] = [];

  const start = (args: string[], own: Record<string, string>): Running => {
    const running = spawnNode(args, { ...shared, ...own });
    started.push(running);
    return running;
  };
  return {
    env: shared,
    redis,
    calls,
    async web(own = {}) {
      const port = own.PORT ?? String(await freePort());
      const running = start(['server.ts'], { ...own, PORT: port });
      const url = `http://127.0.0.1:${port}`;
      await until(async () => gone(running) || (await fetch(`${url}/api/ready`)).ok, {
        what: 'web is ready',
        timeoutMs: START_MS,
      });
      return { ...running, url, client: client(url, (call) => void calls.push(call)) };
    },
    async worker(own = {}) {
      const running = start(['worker/index.ts'], { LOG_LEVEL: 'info', ...own });
      await until(async () => gone(running) || running.output().includes('worker is ready'), {
        what: 'worker is ready',
        timeoutMs: START_MS,
      });
      return running;
    },
    async sandbox(own = {}) {
      const running = start(['sandbox/index.ts'], { LOG_LEVEL: 'info', ...own });
      await until(async () => gone(running) || running.output().includes('bank is ready'), {
        what: 'bank is ready',
        timeoutMs: START_MS,
      });
      return running;
    },
    spawn: (program, own = {}) => start([program], own),
    async run(script, ...args) {
      const running = start([`scripts/${script}.ts`, ...args], {});
      const { code } = await running.exit;
      return { code, output: running.output() };
    },
    async reset(kept) {
      const keeps = (running: Running) => kept.some((one) => one.process === running.process);
      await Promise.all(started.filter((running) => !keeps(running)).map((running) => running.stop()));
      started.splice(0, started.length, ...started.filter(keeps));
      calls.length = 0;
    },
    async close() {
      await Promise.all(started.map((running) => running.stop()));
      await redis.kill9();
      removeFolder(dir);
    },
  };
}

/** Starting is mostly computing: several at once on a busy machine take their time. */
const START_MS = 120_000;

/** A process that died while it was awaited fails the wait at once, with what it said. */
function gone(running: Running): boolean {
  const { exitCode, signalCode } = running.process;
  if (exitCode === null && signalCode === null) return false;
  throw new GoneError(`the process ended (${exitCode ?? signalCode}):\n${running.output()}`);
}

/** The process ended; waiting longer is no use. */
export class GoneError extends Error {
  override name = 'GoneError';
}

/** Hundreds of processes start from the same sources: each but the first finds them compiled. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, '../../.data/compile-cache');

/** What still runs when a test process ends goes with it. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

function spawnNode(args: string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk));
  const exit = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  return {
    process: child,
    output: () => text,
    exit,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const ended = await exit;
      clearTimeout(late);
      return ended;
    },
  };
}
