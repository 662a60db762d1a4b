import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  failureList,
  finalLine,
  tallyCheck,
  tallyPlaywright,
  tallyReport,
  tallyVitest,
} from '#scripts/test/results.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vitest = (total: number, passed: number, files: { status: string; tests: string[] }[] = []) => ({
  numTotalTests: total,
  numPassedTests: passed,
  testResults: files.map(({ status, tests }, index) => ({
    name: path.resolve(`tests/lib/${index}.test.ts`),
    status,
    message: status === 'failed' ? 'a hook threw' : '',
    assertionResults: tests.map((outcome, place) => ({
      status: outcome,
      fullName: `test ${place}`,
      failureMessages: outcome === 'failed' ? ['\u001b[31mexpected 1 to be 2\u001b[39m'] : [],
    })),
  })),
});
const playwright = (stats: Partial<{ expected: number; unexpected: number; flaky: number; skipped: number }>) => ({
  stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors: [] as { message: string }[],
  suites: [],
});

test('the last line adds up all runners', () => {
  const tallies = [
    tallyCheck(0),
    tallyCheck(2),
    tallyVitest(vitest(10, 9), 1),
    tallyPlaywright(playwright({ expected: 4 }), 0),
  ];
  expect(finalLine(tallies)).toBe('14 passed, 2 failed');
  expect(finalLine([])).toBe('0 passed, 0 failed');
});

test('the end of a run names what failed, where it is and how it went wrong', () => {
  const unit = tallyVitest(
    vitest(4, 1, [
      { status: 'failed', tests: ['passed', 'failed', 'skipped'] },
      { status: 'failed', tests: ['passed'] },
    ]),
    1,
  );
  const spec = { file: 'cart.spec.ts', title: 'a cart' };
  const outcome = (status: string, message: string) => ({
    projectName: 'phone',
    status,
    results: [{ error: { message } }],
  });
  const browser = tallyPlaywright(
    {
      ...playwright({ expected: 1, unexpected: 1 }),
      suites: [{ specs: [{ ...spec, tests: [outcome('expected', '')] }], suites: [] }].map((suite) => ({
        specs: [],
        suites: [suite, { specs: [{ ...spec, tests: [outcome('unexpected', 'line\n'.repeat(100))] }] }],
      })),
    },
    1,
  );
  const said = failureList([unit, browser, tallyCheck(0)]);
  const heads = said.split('\n').filter((line) => /^ {2}\S/.test(line));
  expect(heads).toEqual([
    '  tests/lib/0.test.ts: test 1',
    '  tests/lib/0.test.ts: test 2',
    '  tests/lib/1.test.ts: outside of its tests',
    '  tests/e2e/cart.spec.ts: a cart [phone]',
  ]);
  expect(said).toContain('\n    expected 1 to be 2\n');
  expect(said).toContain('\n    a hook threw\n');
  expect(said.split('\n').length).toBeLessThan(30);
  expect(failureList([tallyCheck(0)])).toBe('');
});

test('a check that a signal ended has failed', () => {
  expect(tallyCheck(null)).toEqual({ passed: 0, failed: 1 });
});

test('a skipped test counts as failed', () => {
  expect(tallyVitest(vitest(5, 3), 0)).toMatchObject({ passed: 3, failed: 2 });
  expect(tallyPlaywright(playwright({ expected: 3, skipped: 2 }), 0)).toMatchObject({ passed: 3, failed: 2 });
});

test('a test that passed at the second attempt counts as failed', () => {
  expect(tallyPlaywright(playwright({ expected: 3, flaky: 1 }), 0)).toMatchObject({ passed: 3, failed: 1 });
});

test('a test file that could not be loaded is a failure of its own', () => {
  const report = vitest(3, 2, [
    { status: 'failed', tests: [] },
    { status: 'failed', tests: ['passed', 'failed'] },
    { status: 'passed', tests: ['passed'] },
  ]);
  expect(tallyVitest(report, 1)).toMatchObject({ passed: 2, failed: 2 });
});

test('an error outside of every test is a failure, though all tests passed', () => {
  expect(tallyVitest(vitest(3, 3), 1)).toMatchObject({ passed: 3, failed: 1 });
  expect(tallyVitest(vitest(3, 3), null)).toMatchObject({ passed: 3, failed: 1 });
  expect(tallyPlaywright(playwright({ expected: 2 }), 1)).toMatchObject({ passed: 2, failed: 1 });
  expect(tallyPlaywright({ ...playwright({ expected: 2 }), errors: [{ message: 'no browser' }] }, 1)).toMatchObject({
    passed: 2,
    failed: 1,
  });
});

test('a runner that ran nothing has failed', () => {
  expect(tallyVitest(vitest(0, 0), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(tallyPlaywright(playwright({}), 0)).toMatchObject({ passed: 0, failed: 1 });
});

test('a missing, broken or foreign report is a failure, whatever the exit code says', () => {
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  expect(tallyReport(path.join(folder, 'none.json'), 0, tallyVitest)).toMatchObject({ passed: 0, failed: 1 });
  expect(tallyReport(write('cut.json', '{"numTotal'), 0, tallyVitest)).toMatchObject({ passed: 0, failed: 1 });
  expect(tallyReport(write('other.json', '{}'), 0, tallyPlaywright)).toMatchObject({ passed: 0, failed: 1 });
  expect(tallyReport(write('odd.json', '{"testResults":[]}'), 0, tallyVitest)).toMatchObject({ passed: 0, failed: 1 });
  const good = write('good.json', JSON.stringify(vitest(2, 2)));
  expect(tallyReport(good, 0, tallyVitest)).toMatchObject({ passed: 2, failed: 0 });
});
