import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { readDurations } from '#scripts/test/durations.ts';

/** They say how fast the shop is: each has the machine to itself. */
const TIMED = [
  'tests/api/{crowd,floods,rates}.test.ts',
  'tests/chaos/{mongodb-away,redis-loss,two-thousand-buyers}.test.ts',
  'tests/worker/{backlog,keyspace-events,safety-net,slow-payments}.test.ts',
];

const seconds = readDurations(import.meta.dirname);

/** Those that took longest at the last recorded run come first: begun last, each would run on alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const took = ({ moduleId }: TestSpecification) => seconds[path.relative(import.meta.dirname, moduleId)] ?? 0;
    return (await super.sort(files)).sort((a, b) => took(b) - took(a));
  }
}

/** unit: in this process, on real Redis and MongoDB. integration, timed: real web and worker processes (they need a build). */
export default defineConfig({
  test: {
    globalSetup: ['tests/support/services.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['tests/{lua,lib,scripts}/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/{api,worker,chaos}/**/*.test.ts'],
          exclude: TIMED,
          testTimeout: 120_000,
          hookTimeout: 150_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: TIMED,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 150_000,
        },
      },
    ],
  },
});
