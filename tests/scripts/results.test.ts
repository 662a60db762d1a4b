import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { finalLine, tallyCheck, tallyPlaywright, tallyReport, tallyVitest } from '#scripts/test/results.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vitest = (total: number, passed: number, files: { status: string; tests: string[] }[] = []) => ({
  numTotalTests: total,
  numPassedTests: passed,
  testResults: files.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((outcome) => ({ status: outcome })),
  })),
});
const playwright = (stats: Partial<{ expected: number; unexpected: number; flaky: number; skipped: number }>) => ({
  stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors: [] as unknown[],
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

test('a check that a signal ended has failed', () => {
  expect(tallyCheck(null)).toEqual({ passed: 0, failed: 1 });
});

test('a skipped test counts as failed', () => {
  expect(tallyVitest(vitest(5, 3), 0)).toEqual({ passed: 3, failed: 2 });
  expect(tallyPlaywright(playwright({ expected: 3, skipped: 2 }), 0)).toEqual({ passed: 3, failed: 2 });
});

test('a test that passed at the second attempt counts as failed', () => {
  expect(tallyPlaywright(playwright({ expected: 3, flaky: 1 }), 0)).toEqual({ passed: 3, failed: 1 });
});

test('a test file that could not be loaded is a failure of its own', () => {
  const report = vitest(3, 2, [
    { status: 'failed', tests: [] },
    { status: 'failed', tests: ['passed', 'failed'] },
    { status: 'passed', tests: ['passed'] },
  ]);
  expect(tallyVitest(report, 1)).toEqual({ passed: 2, failed: 2 });
});

test('an error outside of every test is a failure, though all tests passed', () => {
  expect(tallyVitest(vitest(3, 3), 1)).toEqual({ passed: 3, failed: 1 });
  expect(tallyVitest(vitest(3, 3), null)).toEqual({ passed: 3, failed: 1 });
  expect(tallyPlaywright(playwright({ expected: 2 }), 1)).toEqual({ passed: 2, failed: 1 });
  expect(tallyPlaywright({ ...playwright({ expected: 2 }), errors: [{}] }, 1)).toEqual({ passed: 2, failed: 1 });
});

test('a runner that ran nothing has failed', () => {
  expect(tallyVitest(vitest(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
  expect(tallyPlaywright(playwright({}), 0)).toEqual({ passed: 0, failed: 1 });
});

test('a missing, broken or foreign report is a failure, whatever the exit code says', () => {
  const write = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  expect(tallyReport(path.join(folder, 'none.json'), 0, tallyVitest)).toEqual({ passed: 0, failed: 1 });
  expect(tallyReport(write('cut.json', '{"numTotal'), 0, tallyVitest)).toEqual({ passed: 0, failed: 1 });
  expect(tallyReport(write('other.json', '{}'), 0, tallyPlaywright)).toEqual({ passed: 0, failed: 1 });
  expect(tallyReport(write('odd.json', '{"testResults":[]}'), 0, tallyVitest)).toEqual({ passed: 0, failed: 1 });
  const good = write('good.json', JSON.stringify(vitest(2, 2)));
  expect(tallyReport(good, 0, tallyVitest)).toEqual({ passed: 2, failed: 0 });
});
