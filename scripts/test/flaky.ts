import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OUTSIDE, type StepResult, type TestResult } from '#scripts/test/results.ts';

/** A run with more flaky tests than this has failed. */
export const MAX_FLAKY = 3;
/** With more failures than this in one step none is run again: the cause is not chance. */
const MAX_RERUNS = 8;

/** The helpers of tests that check an invariant begin their messages with these words. */
export const BROKEN_PROMISE = 'Broken promise';
/** Tests that check invariants themselves. What fails there, other than by its time limit, is a broken invariant. */
const INVARIANT_TESTS =
  /^tests\/(?:(?:chaos|lua|worker)\/|lib\/(?:simulation|differential|mutations|permutations|history)\.)/;
const TIME_LIMIT = /timed out|[Tt]imeout|did not happen within/;
/** A received status of 500 to 599, in the words of Vitest and Playwright. */
const SERVER_ERROR = [
  /^\s*\+\s+(?:"status": )?5\d\d,?$/m,
  /expected 5\d\d\b/,
  /Received:\s+5\d\d\b/,
  /status of 5\d\d/,
];

/**
 * Whether a second run may excuse a failed test. A broken invariant, a lost or doubled unit and an answer of 5xx are never
 * excused: they may be rare, and must not happen at all.
 */
export function mayRerun({ file, message }: TestResult): boolean {
  if (file === '' || message.includes(BROKEN_PROMISE)) return false;
  if (SERVER_ERROR.some((pattern) => pattern.test(message))) return false;
  return !INVARIANT_TESTS.test(file) || TIME_LIMIT.test(message);
}

/**
 * Run each failed test of a step once more, alone.
 * @param rerun runs one test, or its whole file when the failure is outside of its tests
 * @returns the step's tests after it, and those that failed first and passed then
 */
export async function rerunFailed(
  { tests }: StepResult,
  rerun: (test: TestResult) => Promise<StepResult>,
): Promise<{ tests: TestResult[]; flaky: TestResult[] }> {
  const failed = tests.filter(({ passed }) => !passed);
  const rerunnable = failed.filter(mayRerun);
  if (failed.length > MAX_RERUNS || rerunnable.length === 0) return { tests, flaky: [] };
  const flaky: TestResult[] = [];
  const left = new Set(tests);
  for (const test of rerunnable) {
    // A failing hook fails its file's tests too: they are run again with it.
    if (test.title !== OUTSIDE && failed.some(({ file, title }) => file === test.file && title === OUTSIDE)) continue;
    const again = (await rerun(test)).tests.filter(({ file }) => file === test.file);
    const mine = test.title === OUTSIDE ? again : again.filter(({ title }) => title === test.title);
    if (mine.length === 0 || mine.some(({ passed }) => !passed)) continue;
    flaky.push(test);
    for (const old of failed) if (old === test || (test.title === OUTSIDE && old.file === test.file)) left.delete(old);
    for (const result of mine) left.add(result);
  }
  return { tests: [...left], flaky };
}

/** A flaky test counts as passed, but a run may not have many. @returns what the flaky tests add to a run's results */
export function judgeFlaky(flaky: readonly TestResult[]): TestResult[] {
  if (flaky.length <= MAX_FLAKY) return [];
  const message = `${flaky.length} tests passed only when they were run again; at most ${MAX_FLAKY} may`;
  return [{ file: '', title: 'flaky tests', passed: false, message }];
}

interface FlakyRecord {
  count: number;
  lastAt: string;
  message: string;
}

/**
 * Count the flaky tests of a run in a file that is kept between runs.
 * @returns each test with how often it has been flaky since the file was begun
 */
export function keepFlaky(file: string, flaky: readonly TestResult[]): string[] {
  const known = readRecords(file);
  const lines = flaky.map((test) => {
    const name = `${test.file}: ${test.title}`;
    const count = (known[name]?.count ?? 0) + 1;
    known[name] = { count, lastAt: new Date().toISOString(), message: test.message.slice(0, 500) };
    return `  ${name} (${count} ${count === 1 ? 'time' : 'times'} so far)`;
  });
  if (flaky.length > 0) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`);
  }
  return lines;
}

function readRecords(file: string): Record<string, FlakyRecord> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {}; // cut short by a full disk
  }
}
