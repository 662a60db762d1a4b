// `npm test`: types, lint, build, unit, integration and browser tests, on throw-away services and a build of its own.
// `npm test -- --only=vitest tests/lua` runs one step, on some files; the steps are in scripts/test/steps.ts.
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { findRunning, makeRecorder, type RunPlace, stopLeftovers } from '#scripts/start/run-record.ts';
import { makeStack } from '#scripts/start/stack.ts';
import { testEnvironment } from '#scripts/test/environment.ts';
import { failureList, finalLine, type Tally, total } from '#scripts/test/results.ts';
import { makeStepRunner } from '#scripts/test/run-step.ts';
import { startTestServices } from '#scripts/test/services.ts';
import { allSteps, chooseSteps, type Step, type StepName } from '#scripts/test/steps.ts';

const FAILED: Tally = { passed: 0, failed: 1 };

const root = path.resolve(import.meta.dirname, '..');
const dataDir = path.join(root, '.data');
const place: RunPlace = { root, dataDir, program: 'test' };
const recorder = makeRecorder(place);
const log = (line: string) => console.log(line);
const results = new Map<StepName | 'preparation', Tally>();

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
  try {
    await runAll(folder);
  } catch (error) {
    log(`\n${error instanceof Error ? error.message : String(error)}`);
    results.set('preparation', FAILED);
  } finally {
    await services.stop();
    removeFolder(folder);
    recorder.remove();
  }
  const tallies = [...results.values()];
  log(`${failureList(tallies)}\n${finalLine(tallies)}`);
  return total(tallies).failed > 0 ? 1 : 0;
}

async function runAll(folder: string): Promise<void> {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  const steps = chooseSteps(allSteps({ root, reports }, positionals), values.only);
  const provided = await startTestServices(steps, folder, services, log, record);
  for (const step of steps) {
    const own = provided.get(step.name);
    const tally = own ? await runStep(step, testEnvironment(process.env, own)) : FAILED;
    const isUnnamed = tally.failed > 0 && !tally.failures?.length;
    results.set(step.name, isUnnamed ? { ...tally, failures: [`${step.title}: see above`] } : tally);
  }
}

async function runStep(step: Step, env: NodeJS.ProcessEnv): Promise<Tally> {
  if (interrupted) return FAILED;
  log(`\n── ${step.title}`);
  if (step.after && results.get(step.after)?.failed) {
    log(`left out, since ${step.after} has failed`);
    return FAILED;
  }
  const startedAt = Date.now();
  const tally = step.tally(await runner.run(step, env));
  log(`── ${step.title}: ${finalLine([tally])} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  return tally;
}

/** What killed runs could not take away. The run that has the record is this one, so none of these is in use. */
function removeOldFolders(): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('test-') && !name.endsWith('.json')) {
      removeFolder(path.join(dataDir, name));
    }
  }
}
