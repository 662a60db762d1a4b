import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They say how fast the shop is: each has the machine to itself. */
const TIMED = [
  'tests/api/{crowd,floods,rates}.test.ts',
  'tests/chaos/{mongodb-away,redis-loss,two-thousand-buyers}.test.ts',
  'tests/worker/{backlog,keyspace-events,safety-net,slow-payments}.test.ts',
];

/** The longest by far, longest first: begun last, each would run on alone at the end. */
const LONG = [
  'scripts/start',
  'chaos/bank-faults',
  'chaos/crash-points',
  'chaos/money',
  'chaos/confirm-against-expire',
  'lib/simulation',
  'worker/start-and-stop',
  'worker/backlog',
  'lib/primary-changes',
  'worker/safety-net',
  'worker/arrangements',
  'lib/primary-changes',
  'lua/model',
  'lib/mutations',
  'lib/rebuild',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
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
