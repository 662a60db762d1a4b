import { existsSync, readFileSync } from 'node:fs';

/** How many tests of one step passed and failed. A skipped test did not pass, so it counts as failed. */
export interface Tally {
  passed: number;
  failed: number;
}

/** What is read of Vitest's JSON report. */
interface VitestReport {
  numTotalTests: number;
  numPassedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** What is read of Playwright's JSON report. `expected` are those that passed at the first attempt. */
interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
}

/** A step that is one check: types, lint, build. */
export function tallyCheck(exitCode: number | null): Tally {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Vitest's count. A file that could not be loaded is one failure; so is an error outside of tests. */
export function tallyVitest(report: VitestReport, exitCode: number | null): Tally {
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return believe(
    { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests + unloaded },
    exitCode,
  );
}

/** Playwright's count. A flaky test failed once, which is once too often. */
export function tallyPlaywright(report: PlaywrightReport, exitCode: number | null): Tally {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return believe({ passed: expected, failed: unexpected + flaky + skipped + report.errors.length }, exitCode);
}

/**
 * Read a runner's report and count it. A missing or broken report is one failure: the runner crashed.
 * @param file the JSON report that the runner was told to write
 */
export function tallyReport<Report>(
  file: string,
  exitCode: number | null,
  tally: (report: Report, exitCode: number | null) => Tally,
): Tally {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  try {
    return tally(JSON.parse(readFileSync(file, 'utf8')), exitCode);
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** The very last line of a run. */
export function finalLine(tallies: readonly Tally[]): string {
  const { passed, failed } = total(tallies);
  return `${passed} passed, ${failed} failed`;
}

export function total(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** A runner that ran nothing, or that ends badly with every test passed, has failed once itself. */
function believe(tally: Tally, exitCode: number | null): Tally {
  const counts = [tally.passed, tally.failed];
  if (!counts.every((count) => Number.isInteger(count) && count >= 0)) throw new Error('not a report');
  const ranNothing = tally.passed + tally.failed === 0;
  const endedBadly = exitCode !== 0 && tally.failed === 0;
  return ranNothing || endedBadly ? { passed: tally.passed, failed: tally.failed + 1 } : tally;
}
