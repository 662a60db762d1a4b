import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';

const EX_CONFIG = 78;
const QUICK = { shortLifeMs: 50, firstPauseMs: 10, longestPauseMs: 20, attempts: 3 };
const PROMPT_MS = 2_000;

let floor: ShopFloor;
beforeAll(async () => {
  floor = await shopFloor({ LOG_LEVEL: 'info', PORT: '0' });
});
afterAll(() => floor.close());

/** Two processes, of which the first `serving` ones serve and every other ends at once. */
const supervised = (serving: number, limits: Partial<typeof QUICK> = {}, failure = 3) =>
  floor.spawn('tests/support/supervised.ts', {
    LIMITS: JSON.stringify({ ...QUICK, ...limits }),
    SERVING: String(serving),
    FAILURE: String(failure),
  });

/** The ends of processes that the supervisor has logged. */
const ends = (running: Running): { pauseMs: number }[] =>
  running
    .output()
    .split('\n')
    .filter((line) => line.includes('"a web process ended'))
    .map((line) => JSON.parse(line));
const serving = (running: Running) =>
  [...running.output().matchAll(/serves for long: (\d+)\./g)].map(([, pid]) => Number(pid));
const isOver = ({ process: { exitCode, signalCode } }: Running) => exitCode !== null || signalCode !== null;

/** SIGTERM ends it soon. */
async function endsPromptly(running: Running): Promise<void> {
  running.signal('SIGTERM');
  await until(() => isOver(running), { what: 'it has ended', timeoutMs: PROMPT_MS });
  expect(await running.exit).toMatchObject({ code: 0, signal: null });
}

test('web processes that cannot start are tried again ever later, and in the end the shop gives up and says so', async () => {
  const running = supervised(0);
  expect(await running.exit).toMatchObject({ code: 1 });
  const pauses = ends(running).map(({ pauseMs }) => pauseMs);
  for (const pauseMs of [10, 20]) expect(pauses.filter((one) => one === pauseMs).length).toBeGreaterThan(0);
  expect(pauses.length).toBeLessThanOrEqual(2 * QUICK.attempts);
  expect(running.output()).toMatch(/3 starts of a web process in a row failed \(the last one: code 3\)/);
});

test('a process that has served is replaced at once, however often it dies', async () => {
  const running = supervised(Number.POSITIVE_INFINITY, { attempts: 2, firstPauseMs: 60_000 });
  for (let killed = 1; killed <= 3; killed += 1) {
    const victim = await until(() => serving(running)[killed - 1], { what: 'one has served for long' });
    process.kill(victim, 'SIGKILL');
    await until(() => ends(running).length === killed, { what: 'its end is logged' });
  }
  await until(() => serving(running).length >= 5, { what: 'all are replaced' });
  expect(ends(running).map(({ pauseMs }) => pauseMs)).toEqual([0, 0, 0]);
  await endsPromptly(running);
});

test('while one process serves, another that cannot start does not end the shop', async () => {
  const running = supervised(1);
  await until(() => ends(running).length > QUICK.attempts, { what: 'more starts have failed than are allowed' });
  expect(isOver(running)).toBe(false);
  await endsPromptly(running);
});

test('SIGTERM ends a shop that waits for its next try at once', async () => {
  const running = supervised(0, { firstPauseMs: 60_000, longestPauseMs: 60_000 });
  await until(() => ends(running).length === 2, { what: 'both wait' });
  await endsPromptly(running);
});

test('a wrong setting ends the shop at the first try', async () => {
  const running = supervised(0, { firstPauseMs: 60_000 }, EX_CONFIG);
  expect(await running.exit).toMatchObject({ code: EX_CONFIG });
});

test('server.ts with WEB_CONCURRENCY pauses between processes that die at once, and stops promptly', async () => {
  const dies = 'import cluster from "node:cluster"; if (cluster.isWorker) process.exit(3);';
  const running = floor.spawn('server.ts', {
    WEB_CONCURRENCY: '2',
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(dies)}`,
  });
  await until(() => ends(running).some(({ pauseMs }) => pauseMs === 1_000), { what: 'the second pause has begun' });
  expect(ends(running).length).toBeLessThanOrEqual(4);
  await endsPromptly(running);
});
