import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BROKEN_PROMISE, judgeFlaky, keepFlaky, MAX_FLAKY, mayRerun, rerunFailed } from '#scripts/test/flaky.ts';
import { finalLine, OUTSIDE, type TestResult } from '#scripts/test/results.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-flaky-'));
afterAll(() => rmSync(folder, { recursive: true }));

const failed = (title: string, more: Partial<TestResult> = {}): TestResult => ({
  file: 'tests/api/cart.test.ts',
  title,
  passed: false,
  message: 'expected 1 to be 2',
  ...more,
});
const passed = (title: string, more: Partial<TestResult> = {}) => failed(title, { passed: true, message: '', ...more });
const step = (...tests: TestResult[]) => ({ tests, seconds: new Map<string, number>() });

test('a test that passes when it is run again alone is flaky, and counts as passed', async () => {
  const asked: string[] = [];
  const judged = await rerunFailed(step(passed('a'), failed('b'), failed('c')), async (each) => {
    asked.push(each.title);
    return step(passed('a'), each.title === 'b' ? passed('b') : failed('c'));
  });
  expect(asked).toEqual(['b', 'c']);
  expect(judged.flaky.map(({ title }) => title)).toEqual(['b']);
  expect(finalLine(judged.tests)).toBe('2 passed, 1 failed');
});

test('a hook that failed takes its file with it, and the file is run again', async () => {
  const asked: string[] = [];
  const judged = await rerunFailed(
    step(failed('a', { message: 'skipped' }), failed(OUTSIDE, { message: 'Hook timed out in 60000ms.' })),
    async ({ title }) => {
      asked.push(title);
      return step(passed('a'), passed('b'));
    },
  );
  expect(asked).toEqual([OUTSIDE]);
  expect(judged.flaky).toHaveLength(1);
  expect(finalLine(judged.tests)).toBe('2 passed, 0 failed');
});

test('a test that a rerun does not find has failed', async () => {
  const judged = await rerunFailed(step(failed('a')), async () => step(failed('test runner', { file: '' })));
  expect(finalLine(judged.tests)).toBe('0 passed, 1 failed');
});

test.each([
  ['an invariant', { message: `${BROKEN_PROMISE}: I3: 51 of 50 units are sold` }],
  ['a unit lost in a run with real processes', { file: 'tests/chaos/redis-loss.test.ts' }],
  ['a broken promise of the simulation', { file: 'tests/lib/simulation.test.ts', message: 'seed 7: I1: lost' }],
  ['an answer of 500', { message: 'expected { status: 500 } to match object\n-   "status": 201,\n+   "status": 500,' }],
  ['a status of 503', { message: 'AssertionError: expected 503 to be 201 // Object.is equality' }],
  [
    'a status of 500 in a browser',
    { message: 'Failed to load resource: the server responded with a status of 500 ()' },
  ],
  ['the type check', { file: '' }],
])('%s is never excused', async (_, more) => {
  const test = failed('a', more);
  expect(mayRerun(test)).toBe(false);
  const judged = await rerunFailed(step(test), async () => step(passed('a', { file: test.file })));
  expect(finalLine(judged.tests)).toBe('0 passed, 1 failed');
});

test('a time limit may be excused where invariants are checked, too', () => {
  expect(mayRerun(failed('a', { file: 'tests/chaos/money.test.ts', message: 'Test timed out in 120000ms.' }))).toBe(
    true,
  );
  expect(mayRerun(failed('a', { message: '-   "status": 201,\n+   "status": 409,' }))).toBe(true);
});

test('where many tests fail none is run again', async () => {
  const many = Array.from({ length: 20 }, (_, i) => failed(`test ${i}`));
  const judged = await rerunFailed(step(...many), async ({ title }) => step(passed(title)));
  expect(finalLine(judged.tests)).toBe('0 passed, 20 failed');
});

test('a run with more than three flaky tests has failed', () => {
  const flaky = Array.from({ length: MAX_FLAKY }, (_, i) => failed(`test ${i}`));
  expect(judgeFlaky(flaky)).toEqual([]);
  expect(finalLine(judgeFlaky([...flaky, failed('one more')]))).toBe('0 passed, 1 failed');
});

test('the report counts how often a test was flaky, from run to run', () => {
  const file = path.join(folder, 'kept', 'flaky.json');
  expect(keepFlaky(file, [])).toEqual([]);
  expect(keepFlaky(file, [failed('a')])).toEqual(['  tests/api/cart.test.ts: a (1 time so far)']);
  expect(keepFlaky(file, [failed('b')])).toEqual(['  tests/api/cart.test.ts: b (1 time so far)']);
  expect(keepFlaky(file, [failed('a')])).toEqual(['  tests/api/cart.test.ts: a (2 times so far)']);
});
