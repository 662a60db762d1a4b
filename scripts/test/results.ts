import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** One test of a run, or a check such as the type check. */
export interface TestResult {
  /** Path in the project, e.g. `tests/lib/money.test.ts`; empty for a check. */
  file: string;
  title: string;
  passed: boolean;
  /** How it failed, without colours; empty when it passed. */
  message: string;
  /** Playwright's project and the line of the test, with which it can be run alone. */
  at?: { project: string; line: number };
}

/** What one step has shown. */
export interface StepResult {
  tests: TestResult[];
  /** Seconds by test file; a file that ran for two browser sizes counts both. */
  seconds: Map<string, number>;
}

/** The title of a failure that no test is named for: a hook, a file that does not load, a runner that crashed. */
export const OUTSIDE = 'outside of its tests';

/** What is read of Vitest's JSON report. */
interface VitestReport {
  testResults: {
    name: string;
    status: string;
    message: string;
    startTime: number;
    endTime: number;
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[];
  }[];
}

/** What is read of Playwright's JSON report. */
interface PlaywrightReport {
  errors: { message?: string }[];
  suites: PlaywrightSuite[];
}
interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs: {
    file: string;
    line: number;
    title: string;
    tests: {
      projectName: string;
      /** `expected` when it passed at the first attempt. */
      status: string;
      results: { duration: number; error?: { message?: string } }[];
    }[];
  }[];
}

/** Of one failure's message: enough to see what was wrong, and not a page of it. */
const MESSAGE_LINES = 12;
const MESSAGE_CHARACTERS = 2_000;
const MAX_SLOWEST = 20;

/** A step that is one check: types, lint, build. */
export function readCheck(title: string, exitCode: number | null): StepResult {
  const passed = exitCode === 0;
  return { tests: [{ file: '', title, passed, message: passed ? '' : 'see above' }], seconds: new Map() };
}

/** Vitest's results. A skipped test did not pass. A file with a failing hook, or that does not load, is one failure more. */
export function readVitest(report: VitestReport, exitCode: number | null): StepResult {
  const tests: TestResult[] = [];
  const seconds = new Map<string, number>();
  for (const { name, status, message, startTime, endTime, assertionResults } of report.testResults) {
    const file = path.relative('', name);
    seconds.set(file, (endTime - startTime) / 1_000);
    for (const { status, fullName: title, failureMessages } of assertionResults) {
      const passed = status === 'passed';
      tests.push({ file, title, passed, message: passed ? '' : plain(failureMessages?.[0] ?? status) });
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      tests.push({ file, title: OUTSIDE, passed: false, message: plain(message) });
  }
  return { tests: withExit(tests, exitCode), seconds };
}

/** Playwright's results: one for each test and project. */
export function readPlaywright(report: PlaywrightReport, exitCode: number | null): StepResult {
  const seconds = new Map<string, number>();
  const read = ({ suites = [], specs }: PlaywrightSuite): TestResult[] => [
    ...specs.flatMap(({ file: name, line, title, tests }) =>
      tests.map(({ projectName: project, status, results }) => {
        const file = `tests/e2e/${name}`;
        const took = results.reduce((sum, { duration }) => sum + duration, 0) / 1_000;
        seconds.set(file, (seconds.get(file) ?? 0) + took);
        const passed = status === 'expected';
        const message = passed ? '' : plain(results[0]?.error?.message ?? status);
        return { file, title: `${title} [${project}]`, passed, message, at: { project, line } };
      }),
    ),
    ...suites.flatMap(read),
  ];
  const outside = report.errors.map(({ message = '' }) => ({
    file: 'tests/e2e',
    title: OUTSIDE,
    passed: false,
    message: plain(message),
  }));
  return { tests: withExit([...report.suites.flatMap(read), ...outside], exitCode), seconds };
}

/**
 * Read the report that a runner was told to write. A missing or broken one is one failure: the runner crashed.
 * @param file the JSON report
 */
export function readReport<Report>(
  file: string,
  exitCode: number | null,
  read: (report: Report, exitCode: number | null) => StepResult,
): StepResult {
  try {
    if (existsSync(file)) return read(JSON.parse(readFileSync(file, 'utf8')), exitCode);
  } catch {
    // Cut short, or not a report.
  }
  return { tests: [crash(`the test runner ended (${exitCode}) without a report`)], seconds: new Map() };
}

/** How many tests passed and failed. */
export function count(tests: readonly TestResult[]): { passed: number; failed: number } {
  const passed = tests.filter((test) => test.passed).length;
  return { passed, failed: tests.length - passed };
}

/** The very last line of a run. */
export function finalLine(tests: readonly TestResult[]): string {
  const { passed, failed } = count(tests);
  return `${passed} passed, ${failed} failed`;
}

/** What failed, for the end of a run, where it is read first. */
export function failureList(tests: readonly TestResult[]): string {
  const failed = tests.filter(({ passed }) => !passed).map(inWords);
  return failed.length > 0 ? `\n── Failed\n${failed.join('\n')}\n` : '';
}

/** The slowest test files, slowest first. */
export function slowestList(seconds: ReadonlyMap<string, number>): string {
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, MAX_SLOWEST);
  const lines = slowest.map(([file, took]) => `${took.toFixed(1).padStart(8)} s  ${file}`);
  return lines.length > 0 ? `\n── Slowest test files\n${lines.join('\n')}\n` : '';
}

/** A test in the words of a report: where it is, its title, how it failed. */
export function inWords({ file, title, message }: TestResult): string {
  const lines = message.slice(0, MESSAGE_CHARACTERS).split('\n').slice(0, MESSAGE_LINES);
  return `  ${[file ? `${file}: ${title}` : title, ...lines].join('\n    ')}`;
}

const plain = (message: string) => stripVTControlCharacters(message);
const crash = (message: string): TestResult => ({ file: '', title: 'test runner', passed: false, message });

/** A runner that ran nothing, or that ends badly with every test passed, has failed once itself. */
function withExit(tests: TestResult[], exitCode: number | null): TestResult[] {
  if (tests.length === 0) return [crash('the test runner ran no test')];
  const endedBadly = exitCode !== 0 && tests.every(({ passed }) => passed);
  return endedBadly ? [...tests, crash(`the test runner ended with ${exitCode} though all its tests passed`)] : tests;
}
