import path from 'node:path';
import { type Tally, tallyCheck, tallyPlaywright, tallyReport, tallyVitest } from '#scripts/test/results.ts';

export type StepName = 'types' | 'lint' | 'build' | 'vitest' | 'browser';

/** One part of `npm test`: commands run one after the other until one fails, and how to count what they did. */
export interface Step {
  name: StepName;
  title: string;
  /** Arguments for Node 24, one array a command. */
  commands: string[][];
  timeoutMs: number;
  env?: Record<string, string>;
  /** Needs this step to have passed, when it is part of the run. */
  after?: StepName;
  tally(exitCode: number | null): Tally;
}

const MINUTE_MS = 60_000;

/**
 * All steps in their order. The build comes before the integration tests, which run the built shop.
 * @param folders the project's, and the one for reports
 * @param filters file names or titles, handed to Vitest and Playwright
 */
export function allSteps(folders: { root: string; reports: string }, filters: readonly string[] = []): Step[] {
  const program = (...parts: string[]) => path.join(folders.root, 'node_modules', ...parts);
  const next = program('next', 'dist', 'bin', 'next');
  const vitestReport = path.join(folders.reports, 'vitest.json');
  const playwrightReport = path.join(folders.reports, 'playwright.json');
  return [
    {
      name: 'types',
      title: 'Types',
      commands: [
        [next, 'typegen'],
        [program('typescript', 'bin', 'tsc'), '--noEmit'],
      ],
      timeoutMs: 5 * MINUTE_MS,
      tally: tallyCheck,
    },
    {
      name: 'lint',
      title: 'Lint',
      commands: [[program('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']],
      timeoutMs: 2 * MINUTE_MS,
      tally: tallyCheck,
    },
    {
      name: 'build',
      title: 'Build',
      commands: [[next, 'build']],
      timeoutMs: 10 * MINUTE_MS,
      env: { NODE_ENV: 'production' },
      tally: tallyCheck,
    },
    {
      name: 'vitest',
      title: 'Unit and integration tests',
      commands: [
        [
          program('vitest', 'vitest.mjs'),
          'run',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${vitestReport}`,
          ...filters,
        ],
      ],
      timeoutMs: 20 * MINUTE_MS,
      tally: (exitCode) => tallyReport(vitestReport, exitCode, tallyVitest),
    },
    {
      name: 'browser',
      title: 'Browser tests',
      commands: [[program('@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json', ...filters]],
      timeoutMs: 15 * MINUTE_MS,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
      after: 'build',
      tally: (exitCode) => tallyReport(playwrightReport, exitCode, tallyPlaywright),
    },
  ];
}

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
