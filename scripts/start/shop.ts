import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '#scripts/services/run-command.ts';
import { type ServiceProcess, startProcess, untilReady } from '#scripts/services/service-process.ts';

export interface ShopPlace {
  root: string;
  /** Logs go to its `logs` folder. */
  dataDir: string;
  port: number;
  /** Of each process of the shop. */
  env: NodeJS.ProcessEnv;
}

const SEED_LIMIT_MS = 2 * 60_000;
const READY_LIMIT_MS = 90_000;
const WORKER_LIMIT_MS = 20_000;
const ASK_LIMIT_MS = 5_000;
const LOG_KEPT_BYTES = 10 * 1024 * 1024;

/** Make the indexes, and the demo if the shop is one and has no products. @returns what seeding says it did */
export async function seedIfEmpty(place: ShopPlace): Promise<string> {
  const { code, output } = await runCommand(
    process.execPath,
    [path.join(place.root, 'scripts/seed.ts'), '--if-empty'],
    {
      cwd: place.root,
      env: place.env,
      timeoutMs: SEED_LIMIT_MS,
    },
  );
  if (code !== 0) throw new Error(`The database could not be prepared:\n${output.trimEnd()}`);
  return output.trim().split('\n').at(-1) ?? '';
}

/** Start the web process and the worker; they run, but may not be ready yet. */
export async function startShop(place: ShopPlace): Promise<{ web: ServiceProcess; worker: ServiceProcess }> {
  const [web, worker] = await Promise.all([
    start(place, 'web', 'server.ts'),
    start(place, 'worker', 'worker/index.ts'),
  ]);
  return { web, worker };
}

/** Start the test bank and wait until it answers. Rejects with its log's end when it ends first. */
export async function startBank(
  place: ShopPlace,
  port: number,
  started: (bank: ServiceProcess) => void,
): Promise<void> {
  const bank = await start(place, 'bank', 'sandbox/index.ts');
  started(bank);
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(ASK_LIMIT_MS) })).ok;
  await untilReady(bank, isReady, READY_LIMIT_MS);
}

function start(place: ShopPlace, name: string, file: string): Promise<ServiceProcess> {
  return startProcess({
    name,
    command: process.execPath,
    args: [path.join(place.root, file)],
    cwd: place.root,
    env: place.env,
    logFile: freshLog(place.dataDir, `${name}.log`),
    ownGroup: true,
  });
}

/**
 * Wait until `GET /api/ready` answers 200, and a little longer for the worker's first sign of life.
 * Rejects with its log's end when the web process ends first.
 * @returns what is ready, in words
 */
export async function untilShopReady(web: ServiceProcess, port: number): Promise<string> {
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/ready`, { signal: AbortSignal.timeout(ASK_LIMIT_MS) });
    const text = await answer.text();
    if (answer.status === 200) return text;
    throw new Error(`/api/ready answers ${answer.status}: ${text}`);
  };
  await untilReady(web, async () => (await ask()) !== '', READY_LIMIT_MS);
  try {
    await untilReady(web, async () => JSON.parse(await ask()).status === 'ok', WORKER_LIMIT_MS);
    return 'web and worker are ready';
  } catch {
    if (web.exit) throw new Error(`web has ended:\n${web.lastLines()}`);
    return 'web is ready; the worker has not been heard of yet (.data/logs/worker.log)';
  }
}

/** A log goes on where it was; a long one is put aside once. */
function freshLog(dataDir: string, name: string): string {
  const file = path.join(dataDir, 'logs', name);
  mkdirSync(path.dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES) renameSync(file, `${file}.1`);
  return file;
}
