import { defineConfig } from '@playwright/test';
import { freePort } from '#scripts/services/ports.ts';
import { extent } from '#tests/support/extent.ts';

/** The shop under test: its own web and worker on a free port, with the Redis and MongoDB of REDIS_URL and MONGODB_URI. */
process.env.E2E_PORT ??= String(await freePort()); // test processes read this file again and must find the same shop
process.env.E2E_ADMIN_KEY ??= 'the-merchant-of-the-browser-tests';
const { E2E_PORT: PORT, E2E_ADMIN_KEY: ADMIN_API_KEY } = process.env;
const baseURL = `http://localhost:${PORT}`;

const shop = {
  ...definedEnv(),
  PORT,
  ADMIN_API_KEY,
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_DIST_DIR: process.env.NEXT_DIST_DIR ?? '.next',
  NEXTAUTH_SECRET: 'a-long-enough-secret-of-the-browser-tests',
  NEXTAUTH_URL: baseURL,
  SANDBOX_WEBHOOK_SECRET: 'a-webhook-secret-of-the-browser-tests',
  RATE_LIMIT: 'off',
  DEMO: '0',
  LOG_LEVEL: 'warn',
};

const started = {
  env: shop,
  stdout: 'pipe',
  stderr: 'pipe',
  gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
} as const;

export default defineConfig({
  testDir: 'tests/e2e',
  fullyParallel: true,
  workers: 4,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? 'test-results/e2e.json' }]],
  webServer: [
    { ...started, command: 'node server.ts', url: `${baseURL}/api/ready`, timeout: 60_000 },
    { ...started, command: 'node worker/index.ts' },
  ],
  use: {
    baseURL,
    locale: 'en-US',
    timezoneId: 'UTC',
    contextOptions: { reducedMotion: 'reduce' }, // without a graphics card, animations cost processor time
    // Pictures of the page are left to `npm test`, which runs a failed test again with all of a trace.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  // A worker belongs to one project. The desktop's few tests have one, from the start of the run on.
  projects: [
    // Where the layout makes no difference, the phone speaks for both, except in a whole run.
    {
      name: 'desktop',
      workers: extent({ sample: 1, whole: undefined }),
      grepInvert: extent({ sample: [/@once/], whole: [] }),
      use: { viewport: { width: 1280, height: 900 } },
    },
    { name: 'phone', use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
  ],
});

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
