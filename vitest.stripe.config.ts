import { defineConfig } from 'vitest/config';

/** What `npm run test:stripe` runs, beside a stripe-mock. */
export default defineConfig({
  test: {
    include: ['tests/stripe/**/*.test.ts'],
    globalSetup: ['tests/support/services.ts', 'tests/stripe/mock-ready.ts'],
    setupFiles: ['tests/support/setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
