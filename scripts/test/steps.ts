import path from 'node:path';
import {
  OUTSIDE,
  readCheck,
  readPlaywright,
  readReport,
  readVitest,
  type StepResult,
  type TestResult,
} from '#scripts/test/results.ts';

export type StepName = 'types' | 'lint' | 'build' | 'vitest' | 'browser';

/** One part of `npm test`: commands run one after the other until one fails, and how to read what they did. */
export interface Step {
  name: StepName;
  title: string;
  /** Arguments for Node 24, one array a command. */
  commands: string[][];
  env?: Record<string, string>;
  /** Needs this step to have passed, when it is part of the run. */
  after?: StepName;
  read(exitCode: number | null): StepResult;
  /**
   * The step with one of its tests alone, or with the whole file when the failure is outside of its tests; undefined when it is
   * outside of all files.
   */
  rerun?(test: TestResult): Step | undefined;
}

export interface StepFolders {
  /** The project's. */
  root: string;
  /** For the runners' reports. */
  reports: string;
}

/**
 * All steps in their order. The build comes before the integration tests, which run the built shop.
 * @param filters file names or titles, handed to Vitest and Playwright
 */
export function allSteps(folders: StepFolders, filters: readonly string[] = []): Step[] {
  const program = (...parts: string[]) => path.join(folders.root, 'node_modules', ...parts);
  const next = program('next', 'dist', 'bin', 'next');
  return [
    check('types', 'Types', [
      [next, 'typegen'],
      [program('typescript', 'bin', 'tsc'), '--noEmit'],
    ]),
    check('lint', 'Lint', [[program('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']]),
    { ...check('build', 'Build', [[next, 'build']]), env: { NODE_ENV: 'production' } },
    vitestStep(folders, filters),
    browserStep(folders, filters),
  ];
}

function check(name: StepName, title: string, commands: string[][]): Step {
  return { name, title, commands, read: (exitCode) => readCheck(title, exitCode) };
}

function vitestStep(folders: StepFolders, args: readonly string[]): Step {
  const report = path.join(folders.reports, 'vitest.json');
  return {
    name: 'vitest',
    title: 'Unit and integration tests',
    commands: [
      [
        path.join(folders.root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
    ],
    read: (exitCode) => readReport(report, exitCode, readVitest),
    rerun: ({ file, title }) =>
      vitestStep(folders, title === OUTSIDE ? [file] : [file, '-t', `^${escapePattern(title)}$`]),
  };
}

function browserStep(folders: StepFolders, args: readonly string[]): Step {
  const report = path.join(folders.reports, 'playwright.json');
  const cli = path.join(folders.root, 'node_modules/@playwright/test/cli.js');
  return {
    name: 'browser',
    title: 'Browser tests',
    commands: [[cli, 'test', '--reporter=list,json', ...args]],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    after: 'build',
    read: (exitCode) => readReport(report, exitCode, readPlaywright),
    // Playwright empties its output folder when it starts: a folder inside keeps what the first run has written.
    rerun: ({ file, at }) => {
      if (!at) return undefined;
      const again = ['--workers=1', '--trace=retain-on-failure'];
      const output = `test-results/e2e/again-${path.basename(file, '.spec.ts')}-${at.line}-${at.project}`;
      return browserStep(folders, [`${file}:${at.line}`, `--project=${at.project}`, `--output=${output}`, ...again]);
    },
  };
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * The steps named by `--only=vitest,browser`; all without it.
 * Throws when a name is not a step's.
 */
export function chooseSteps(steps: readonly Step[], only: string | undefined): Step[] {
  if (only === undefined) return [...steps];
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new Error(`No such step: ${unknown.join(', ')}. There are: ${steps.map(({ name }) => name).join(', ')}.`);
  }
  return steps.filter((step) => names.includes(step.name));
}
