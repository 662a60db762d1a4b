import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** How many tests of one step passed and failed. A skipped test did not pass, so it counts as failed. */
export interface Tally {
  passed: number;
  failed: number;
  /** Each test that did not pass, as far as the runner names it: its file, its title, and how it went wrong. */
  failures?: string[];
}

/** What is read of Vitest's JSON report. */
interface VitestReport {
  numTotalTests: number;
  numPassedTests: number;
  testResults: VitestFile[];
}
interface VitestFile {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

/** What is read of Playwright's JSON report. `expected` are those that passed at the first attempt. */
interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: { message?: string }[];
  suites: PlaywrightSuite[];
}
interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs: {
    file: string;
    title: string;
    tests: { projectName: string; status: string; results: { error?: { message?: string } }[] }[];
  }[];
}

/** Of one failure's message: enough to see what was wrong, and not a page of it. */
const MESSAGE_LINES = 12;
const MESSAGE_CHARACTERS = 2_000;

/** A step that is one check: types, lint, build. */
export function tallyCheck(exitCode: number | null): Tally {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Vitest's count. A file that could not be loaded is one failure; so is an error outside of tests. */
export function tallyVitest(report: VitestReport, exitCode: number | null): Tally {
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ fullName, status, failureMessages }) => failure(name, fullName, failureMessages[0] ?? status)),
  );
  return believe(
    {
      passed: report.numPassedTests,
      failed: report.numTotalTests - report.numPassedTests + unloaded.length,
      failures: [...failures, ...unloaded.map(({ name, message }) => failure(name, 'outside of its tests', message))],
    },
    exitCode,
  );
}

/** Playwright's count. A flaky test failed once, which is once too often. */
export function tallyPlaywright(report: PlaywrightReport, exitCode: number | null): Tally {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return believe(
    {
      passed: expected,
      failed: unexpected + flaky + skipped + report.errors.length,
      failures: [
        ...report.suites.flatMap(playwrightFailures),
        ...report.errors.map(({ message }) => failure('tests/e2e', 'outside of every test', message ?? '')),
      ],
    },
    exitCode,
  );
}

function playwrightFailures({ suites = [], specs }: PlaywrightSuite): string[] {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ projectName, status, results }) =>
        failure(`tests/e2e/${file}`, `${title} [${projectName}]`, results[0]?.error?.message ?? status),
      ),
  );
  return [...own, ...suites.flatMap(playwrightFailures)];
}

/** @param message may be in colours, and long */
function failure(file: string, title: string, message: string): string {
  const lines = stripVTControlCharacters(message).slice(0, MESSAGE_CHARACTERS).split('\n');
  return [`${path.relative('', file)}: ${title}`, ...lines.slice(0, MESSAGE_LINES)].join('\n    ');
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

/** What failed, for the end of a run: whoever has only the end of the output knows where to look. */
export function failureList(tallies: readonly Tally[]): string {
  const failures = tallies.flatMap(({ failures = [] }) => failures);
  return failures.length > 0 ? `\n── Failed\n${failures.map((one) => `  ${one}`).join('\n')}\n` : '';
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
  if (!ranNothing && !endedBadly) return tally;
  const what = ranNothing ? 'a runner ran nothing' : `a runner ended badly (${exitCode}) though all its tests passed`;
  return { ...tally, failed: tally.failed + 1, failures: [...(tally.failures ?? []), `${what}: its output says why`] };
}
