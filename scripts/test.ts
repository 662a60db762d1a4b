// `npm test`: types, lint, build, unit, integration and browser tests, on throw-away services and a build of its own.
// `npm test -- --only=vitest tests/lua` runs one step, on some files; the steps are in scripts/test/steps.ts.
// `npm test -- --record` keeps how long each test file took, for the order of later runs (scripts/test/durations.ts).
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { findRunning, makeRecorder, type RunPlace, stopLeftovers } from '#scripts/start/run-record.ts';
import { makeStack } from '#scripts/start/stack.ts';
import { recordDurations } from '#scripts/test/durations.ts';
import { testEnvironment } from '#scripts/test/environment.ts';
import { judgeFlaky, keepFlaky, rerunFailed } from '#scripts/test/flaky.ts';
import { count, failureList, finalLine, inWords, slowestList, type TestResult } from '#scripts/test/results.ts';
import { makeStepRunner } from '#scripts/test/run-step.ts';
import { makeScratch } from '#scripts/test/scratch.ts';
import { startTestServices } from '#scripts/test/services.ts';
import { allSteps, chooseSteps, type Step, type StepName } from '#scripts/test/steps.ts';
import { WHOLE } from '#tests/support/extent.ts';

const root = path.resolve(import.meta.dirname, '..');
const dataDir = path.join(root, '.data');
const place: RunPlace = { root, dataDir, program: 'test' };
const recorder = makeRecorder(place);
const log = (line: string) => console.log(line);
const results: TestResult[] = [];
const flaky: TestResult[] = [];
const stepSeconds: string[] = [];
const fileSeconds = new Map<string, number>();
const failedSteps = new Set<StepName>();

const services = makeStack((service) => log(`${service.name} has ended in mid-test:\n${service.lastLines()}`));
let command: { name: string; pid: number } | undefined;
const record = () =>
  recorder.write({ pid: process.pid, url: '', children: [...services.children(), ...(command ? [command] : [])] });
const runner = makeStepRunner({
  root,
  onProcess(name, child) {
    command = child?.pid ? { name, pid: child.pid } : undefined;
    record();
  },
});

let interrupted = false;
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
  process.on(event, () => {
    if (!interrupted) log('\nInterrupted: what runs is ended, the rest is left out');
    interrupted = true;
    runner.interrupt();
  });
}

if (process.argv.includes('--stop-leftovers')) {
  await stopLeftovers(place);
  removeOldFolders();
} else {
  process.exit(await main());
}

/** @returns the exit code */
async function main(): Promise<number> {
  const running = findRunning(place);
  if (running) {
    log(`npm test already runs in this folder (process ${running.pid}): two would share one build folder.`);
    return 1;
  }
  await stopLeftovers(place);
  if (!recorder.claim({ pid: process.pid, url: '', children: [] })) {
    log('Another npm test in this folder was quicker.');
    return 1;
  }
  removeOldFolders();
  const folder = mkdtempSync(path.join(dataDir, 'test-'));
  const onDisk = path.join(folder, 'scratch');
  const scratch = WHOLE ? onDisk : makeScratch(root, onDisk);
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' }, record: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  try {
    await runAll({ folder, scratch, only: values.only, filters: positionals });
  } catch (error) {
    fail('preparation', error instanceof Error ? error.message : String(error));
  } finally {
    await services.stop();
    for (const each of [scratch, folder]) removeFolder(each);
    recorder.remove();
  }
  results.push(...judgeFlaky(flaky));
  report(keepFlaky(path.join(dataDir, 'flaky-tests.json'), flaky));
  if (values.record) recordDurations(root, fileSeconds);
  return count(results).failed > 0 ? 1 : 0;
}

function report(flakyLines: readonly string[]): void {
  log(slowestList(fileSeconds));
  log(`── Steps\n${stepSeconds.join('\n')}`);
  if (flakyLines.length > 0) log(`\n── Flaky: failed, then passed when run alone\n${flakyLines.join('\n')}`);
  log(`${failureList(results)}\n${finalLine(results)}`);
}

interface Run {
  folder: string;
  /** For the data of services; see makeScratch. */
  scratch: string;
  only: string | undefined;
  filters: string[];
}

async function runAll({ folder, scratch, only, filters }: Run): Promise<void> {
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  const steps = chooseSteps(allSteps({ root, reports }, filters), only);
  const provided = await startTestServices(steps, scratch, services, log, record);
  for (const step of steps) {
    const own = provided.get(step.name);
    if (own) await runStep(step, { ...testEnvironment(process.env, own), HOLDFAST_SCRATCH: scratch });
  }
}

async function runStep(step: Step, env: NodeJS.ProcessEnv): Promise<void> {
  log(`\n── ${step.title}`);
  if (interrupted) return fail(step.title, 'interrupted');
  if (step.after && failedSteps.has(step.after)) return fail(step.title, `left out, since ${step.after} has failed`);
  const startedAt = Date.now();
  const result = step.read(await runner.run(step, env));
  for (const [file, seconds] of result.seconds) fileSeconds.set(file, seconds);
  const judged = await rerunFailed(result, async (test) => {
    const alone = interrupted ? undefined : step.rerun?.(test);
    if (!alone) return { tests: [], seconds: new Map() };
    log(`\n── ${step.title}: once more, alone\n${inWords(test)}`);
    return alone.read(await runner.run(alone, env));
  });
  results.push(...judged.tests);
  flaky.push(...judged.flaky);
  if (count(judged.tests).failed > 0) failedSteps.add(step.name);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  stepSeconds.push(`${String(seconds).padStart(8)} s  ${step.title}`);
  log(`── ${step.title}: ${finalLine(judged.tests)} (${seconds} s)`);
}

function fail(title: string, message: string): void {
  log(`\n${title}: ${message}`);
  results.push({ file: '', title, passed: false, message });
}

/** What killed runs could not take away. The run that has the record is this one, so none of these is in use. */
function removeOldFolders(): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('test-') && !name.endsWith('.json')) {
      removeFolder(path.join(dataDir, name));
    }
  }
}
