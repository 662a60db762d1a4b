import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLineOf } from '#scripts/processes.mjs';
import { runCommand } from '#scripts/services/run-command.ts';
import { type ServiceProcess, startProcess, untilReady } from '#scripts/services/service-process.ts';
import { findRunning, makeRecorder, type RunPlace, stopLeftovers } from '#scripts/start/run-record.ts';
import { makeStack } from '#scripts/start/stack.ts';
import { makeStepRunner } from '#scripts/test/run-step.ts';
import type { Step } from '#scripts/test/steps.ts';
import { until } from '#tests/support/until.ts';

let root: string;
let place: RunPlace;
const started: ServiceProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'holdfast-processes-'));
  place = { root, dataDir: path.join(root, '.data'), program: 'start' };
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.kill9()));
  rmSync(root, { recursive: true });
});

const diary = () => readFileSync(path.join(root, 'diary'), 'utf8').split('\n').filter(Boolean);

/** A program that runs until SIGTERM, and writes down when it starts and ends. */
async function service(
  name: string,
  onTerm = "write('ends'); process.exit(0);",
  file = `${name}.mjs`,
): Promise<ServiceProcess> {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { spawn } from 'node:child_process';
    const write = (what) => appendFileSync(${JSON.stringify(path.join(root, 'diary'))}, '${name} ' + what + '\\n');
    process.on('SIGTERM', () => { ${onTerm} });
    setInterval(() => {}, 1000);
    write('runs');
  `;
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), program);
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [path.join(root, file)],
    logFile: path.join(root, `${name}.log`),
    ownGroup: true,
  });
  started.push(service);
  await until(() => diary().includes(`${name} runs`), { what: `${name} runs` });
  return service;
}

test('what was started is stopped in the reverse order, each waited for', async () => {
  const deaths: string[] = [];
  const stack = makeStack(({ name }) => deaths.push(name));
  const slowly = "setTimeout(() => { write('ends'); process.exit(0); }, 300)";
  stack.add(await service('redis'));
  stack.add(await service('mongod', slowly));
  stack.add(await service('web', slowly), await service('worker'));
  await stack.stop();
  const ends = diary().filter((line) => line.endsWith('ends'));
  expect(ends.slice(0, 2).sort()).toEqual(['web ends', 'worker ends']);
  expect(ends.slice(2)).toEqual(['mongod ends', 'redis ends']);
  expect(deaths).toEqual([]); // asked to end: no accident
});

test('a process that ends by itself is reported', async () => {
  const deaths: string[] = [];
  const stack = makeStack(({ name }) => deaths.push(name));
  const worker = await service('worker');
  stack.add(worker);
  process.kill(worker.pid, 'SIGKILL');
  await until(() => deaths.length > 0, { what: 'the death is told' });
  expect(deaths).toEqual(['worker']);
});

test('what ignores SIGTERM is killed after its time of grace, with what it had started', async () => {
  const stubborn = await service(
    'stubborn',
    "const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); write(child.pid)",
  );
  const startedAt = Date.now();
  await stubborn.stop(700);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(690);
  expect(stubborn.exit).toEqual({ code: null, signal: 'SIGKILL' });
  const grandchild = Number(diary().at(-1)?.split(' ')[1]);
  expect(grandchild).toBeGreaterThan(1);
  await until(() => commandLineOf(grandchild) === '', { what: 'the grandchild is gone', timeoutMs: 5_000 });
});

test('a program that ends while it is awaited fails at once, with its last words and not those of an earlier run', async () => {
  const run = (words: string) =>
    startProcess({
      name: 'short',
      command: process.execPath,
      args: ['-e', `console.log('${words}'); process.exit(3)`],
      logFile: path.join(root, 'short.log'),
    });
  await (await run('the first run')).exited;
  const error = await untilReady(await run('no disk'), async () => false, 20_000).catch((reason: Error) => reason);
  expect(String(error)).toContain('short ended at once (code 3)');
  expect(String(error)).toContain('no disk');
  expect(String(error)).not.toContain('the first run');
});

test('a killed start leaves a record: the next one stops what it names, and nothing else', async () => {
  const redis = await service('redis');
  const stranger = await startProcess({
    name: 'stranger',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    logFile: path.join(root, 'stranger.log'),
    ownGroup: true,
  });
  started.push(stranger);
  const recorder = makeRecorder(place);
  const dead = await runCommand(process.execPath, ['-p', 'process.pid'], { timeoutMs: 10_000 });
  // The stranger has the process id of a MongoDB that ended long ago.
  const children = [redis, stranger].map(({ name, pid }) => ({ name, pid }));
  expect(recorder.claim({ pid: Number(dead.output), url: '', children })).toBe(true);
  recorder.writeAddresses({ redisUrl: 'redis://a', mongodbUri: 'mongodb://b' });
  expect(readFileSync(path.join(place.dataDir, 'run.env'), 'utf8')).toBe(
    'REDIS_URL=redis://a\nMONGODB_URI=mongodb://b\n',
  );

  expect(await stopLeftovers(place)).toEqual(['redis']);
  expect(diary()).toContain('redis ends');
  expect(stranger.exit).toBeUndefined();
  expect(makeRecorder(place).claim({ pid: 1, url: '', children: [] })).toBe(true); // the record is gone
});

test('a start that runs is found, and what it started is left alone', async () => {
  const start = await service('start', 'process.exit(0)', 'scripts/start.ts');
  const redis = await service('redis');
  const record = { pid: start.pid, url: 'http://localhost:3000', children: [{ name: 'redis', pid: redis.pid }] };
  makeRecorder(place).claim(record);
  expect(findRunning(place)).toEqual(record);
  expect(await stopLeftovers(place)).toEqual([]);
  expect(redis.exit).toBeUndefined();

  await start.stop();
  expect(findRunning(place)).toBeUndefined();
  expect(await stopLeftovers(place)).toEqual(['redis']);
});

test('only one of two starts gets the folder', () => {
  const record = { pid: process.pid, url: '', children: [] };
  const [one, two] = [makeRecorder(place), makeRecorder(place)];
  expect(one.claim(record)).toBe(true);
  expect(two.claim(record)).toBe(false);
  two.remove(); // not its own
  expect(makeRecorder(place).claim(record)).toBe(false);
  one.remove();
  expect(two.claim(record)).toBe(true);
});

test('a test step takes along what its command left running, and ends at a signal', async () => {
  const pids: number[] = [];
  const runner = makeStepRunner({ root, onProcess: (_, child) => child?.pid && pids.push(child.pid) });
  const step = (program: string): Step => ({
    name: 'vitest',
    title: 'A step',
    commands: [['-e', program]],
    read: () => ({ tests: [], seconds: new Map() }),
  });
  const leaves = `
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    require('fs').writeFileSync(${JSON.stringify(path.join(root, 'left'))}, String(child.pid));
    process.exit(4);
  `;
  expect(await runner.run(step(leaves), process.env)).toBe(4);
  const left = Number(readFileSync(path.join(root, 'left'), 'utf8'));
  await until(() => commandLineOf(left) === '', { what: 'what it left is gone', timeoutMs: 5_000 });

  const running = runner.run(step('setInterval(() => {}, 1000)'), process.env);
  await until(() => pids.length === 2, { what: 'the second step runs' });
  runner.interrupt();
  expect(await running).toBeNull();
  expect(await runner.run(step('process.exit(0)'), process.env)).toBeNull(); // no more steps after a signal
});
