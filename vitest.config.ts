import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { readDurations } from '#scripts/test/durations.ts';
import { WHOLE } from '#tests/support/extent.ts';

/** They replace a module for all that is loaded after them, and have a test process to themselves. */
const MOCKING = ['tests/lib/{sessions,description}.test.ts'];

/** In whole runs these say how fast the shop is: each has the machine to itself. */
const TIMED = [
  'tests/api/{crowd,floods,rates}.test.ts',
  'tests/chaos/{mongodb-away,redis-loss,two-thousand-buyers}.test.ts',
  'tests/worker/{backlog,keyspace-events,safety-net,slow-payments}.test.ts',
];

/** Of the projects below. */
const ORDER = ['processes', 'api', 'unit', 'mocking', 'timed'];

const seconds = readDurations(import.meta.dirname);

/**
 * Project after project, since a test process is kept only for files of one project. In each, what took longest at the last
 * recorded run comes first: begun last, it would run on alone at the end.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project }: TestSpecification) => ORDER.indexOf(project.name);
    const took = ({ moduleId }: TestSpecification) => seconds[path.relative(import.meta.dirname, moduleId)] ?? 0;
    return (await super.sort(files)).sort((a, b) => place(a) - place(b) || took(b) - took(a));
  }
}

/** For tests that start processes: far above what is normal, for what hangs. */
const SLOW = { testTimeout: 120_000, hookTimeout: 150_000 };

const timed = {
  extends: true as const,
  test: {
    name: 'timed',
    include: TIMED,
    fileParallelism: false,
    ...SLOW,
  },
};

/** unit: in this process, on real Redis and MongoDB. The others: real web and worker processes, which need a build. */
export default defineConfig({
  test: {
    globalSetup: ['tests/support/services.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/{lua,lib,scripts}/**/*.test.ts'],
          exclude: MOCKING,
          isolate: false,
          testTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'mocking', include: MOCKING } },
      {
        extends: true,
        test: {
          name: 'api',
          include: ['tests/api/**/*.test.ts'],
          exclude: WHOLE ? TIMED : [],
          isolate: false, // so that files share a test process, and a shop: tests/api/shop.ts
          env: { HOLDFAST_SHARED_SHOP: '1' },
          ...SLOW,
        },
      },
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['tests/{worker,chaos}/**/*.test.ts'],
          exclude: WHOLE ? TIMED : [],
          isolate: false,
          ...SLOW,
        },
      },
      ...(WHOLE ? [timed] : []),
    ],
  },
});
