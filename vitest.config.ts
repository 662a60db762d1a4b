import { defineConfig } from 'vitest/config';

/** unit: in this process, on real Redis and MongoDB. integration: real web and worker processes (they need a build). */
export default defineConfig({
  test: {
    globalSetup: ['tests/support/services.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/{lua,lib,scripts}/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/{api,worker,chaos}/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
