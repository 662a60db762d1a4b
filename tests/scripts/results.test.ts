import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  failureList,
  finalLine,
  readCheck,
  readPlaywright,
  readReport,
  readVitest,
  slowestList,
  type TestResult,
} from '#scripts/test/results.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A report with one file for each list of outcomes. */
const vitest = (...files: string[][]) => ({
  testResults: files.map((outcomes, index) => ({
    name: path.resolve(`tests/lib/${index}.test.ts`),
    status: outcomes.length === 0 || outcomes.includes('failed') || outcomes.includes('hook') ? 'failed' : 'passed',
    message: outcomes.includes('hook') ? 'a hook threw' : '',
    startTime: 1_000,
    endTime: 3_500,
    assertionResults: outcomes
      .filter((outcome) => outcome !== 'hook')
      .map((status, place) => ({
        status,
        fullName: `test ${place}`,
        failureMessages: status === 'failed' ? ['\u001b[31mexpected 1 to be 2\u001b[39m'] : [],
      })),
  })),
});
const playwright = (...outcomes: string[]) => ({
  errors: [] as { message: string }[],
  suites: [
    {
      specs: [],
      suites: outcomes.map((status, index) => ({
        specs: [
          {
            file: 'cart.spec.ts',
            line: 10 + index,
            title: `a cart ${index}`,
            tests: [
              { projectName: 'phone', status, results: [{ duration: 500, error: { message: 'line\n'.repeat(100) } }] },
            ],
          },
        ],
      })),
    },
  ],
});
const counted = ({ tests }: { tests: TestResult[] }) => finalLine(tests);

test('the last line adds up all runners', () => {
  const all = [
    readCheck('Types', 0),
    readCheck('Lint', 2),
    readVitest(vitest(['passed', 'passed'], ['failed']), 1),
    readPlaywright(playwright('expected', 'expected'), 0),
  ];
  expect(finalLine(all.flatMap(({ tests }) => tests))).toBe('5 passed, 2 failed');
  expect(finalLine([])).toBe('0 passed, 0 failed');
});

test('the end of a run names what failed, where it is and how it went wrong', () => {
  const unit = readVitest(vitest(['passed', 'failed', 'skipped'], ['passed', 'hook']), 1);
  const browser = readPlaywright(playwright('expected', 'unexpected'), 1);
  const said = failureList([...unit.tests, ...browser.tests, ...readCheck('Types', 0).tests]);
  const heads = said.split('\n').filter((line) => /^ {2}\S/.test(line));
  expect(heads).toEqual([
    '  tests/lib/0.test.ts: test 1',
    '  tests/lib/0.test.ts: test 2',
    '  tests/lib/1.test.ts: outside of its tests',
    '  tests/e2e/cart.spec.ts: a cart 1 [phone]',
  ]);
  expect(said).toContain('\n    expected 1 to be 2\n');
  expect(said).toContain('\n    a hook threw\n');
  expect(said.split('\n').length).toBeLessThan(30);
  expect(failureList(readCheck('Types', 0).tests)).toBe('');
});

test('the end of a run names the slowest files', () => {
  expect(readVitest(vitest(['passed']), 0).seconds).toEqual(new Map([['tests/lib/0.test.ts', 2.5]]));
  expect(readPlaywright(playwright('expected', 'expected'), 0).seconds).toEqual(
    new Map([['tests/e2e/cart.spec.ts', 1]]),
  );
  const many = new Map(Array.from({ length: 30 }, (_, i) => [`tests/lib/${i}.test.ts`, i]));
  const lines = slowestList(many).trim().split('\n');
  expect(lines).toHaveLength(21);
  expect(lines[1]).toBe('29.0 s  tests/lib/29.test.ts'.padStart(lines[1]!.length));
});

test('a check that a signal ended has failed', () => {
  expect(counted(readCheck('Build', null))).toBe('0 passed, 1 failed');
});

test('a skipped test counts as failed', () => {
  expect(counted(readVitest(vitest(['passed', 'skipped']), 0))).toBe('1 passed, 1 failed');
  expect(counted(readPlaywright(playwright('expected', 'skipped'), 0))).toBe('1 passed, 1 failed');
});

test('a test file that could not be loaded is a failure of its own', () => {
  expect(counted(readVitest(vitest([], ['passed', 'failed'], ['passed']), 1))).toBe('2 passed, 2 failed');
});

test('an error outside of every test is a failure, though all tests passed', () => {
  expect(counted(readVitest(vitest(['passed']), 1))).toBe('1 passed, 1 failed');
  expect(counted(readVitest(vitest(['passed']), null))).toBe('1 passed, 1 failed');
  expect(counted(readPlaywright(playwright('expected'), 1))).toBe('1 passed, 1 failed');
  const broken = { ...playwright('expected'), errors: [{ message: 'no browser' }] };
  expect(counted(readPlaywright(broken, 1))).toBe('1 passed, 1 failed');
});

test('a runner that ran nothing has failed', () => {
  expect(counted(readVitest(vitest(), 0))).toBe('0 passed, 1 failed');
  expect(counted(readPlaywright(playwright(), 0))).toBe('0 passed, 1 failed');
});

test('a missing, broken or foreign report is a failure, whatever the exit code says', () => {
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  expect(counted(readReport(path.join(folder, 'none.json'), 0, readVitest))).toBe('0 passed, 1 failed');
  expect(counted(readReport(write('cut.json', '{"testRes'), 0, readVitest))).toBe('0 passed, 1 failed');
  expect(counted(readReport(write('other.json', '{}'), 0, readPlaywright))).toBe('0 passed, 1 failed');
  expect(counted(readReport(write('odd.json', '{"testResults":[]}'), 0, readVitest))).toBe('0 passed, 1 failed');
  const good = write('good.json', JSON.stringify(vitest(['passed', 'passed'])));
  expect(counted(readReport(good, 0, readVitest))).toBe('2 passed, 0 failed');
});
