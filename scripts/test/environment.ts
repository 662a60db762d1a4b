import { randomBytes } from 'node:crypto';
import type { TestServices } from '#scripts/test/services.ts';

/** Every setting of the shop (see .env.example): none of the operator's own may reach a test. */
export const SETTINGS: readonly string[] = [
  'PORT',
  'REDIS_URL',
  'MONGODB_URI',
  'HOLD_SECONDS',
  'EXTEND_SECONDS',
  'SWEEP_SECONDS',
  'KEYSPACE_EVENTS',
  'ADMIN_API_KEY',
  'NEXTAUTH_SECRET',
  'NEXTAUTH_URL',
  'PAYMENT_PROVIDER',
  'SANDBOX_WEBHOOK_SECRET',
  'SANDBOX_URL',
  'SANDBOX_PORT',
  'SANDBOX_FAULTS',
  'SHOP_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_PUBLISHABLE_KEY',
  'STRIPE_API_URL',
  'SELLER_NAME',
  'RATE_LIMIT',
  'TRUSTED_PROXY_HOPS',
  'WEB_CONCURRENCY',
  'DEMO',
  'LOG_LEVEL',
];

/** The test run's build goes here, beside a running shop's. */
export const TEST_DIST_DIR = '.next-test';

/**
 * The environment of one test step: the machine's, without the operator's shop in it, with throw-away services and
 * secrets. A setting that is not ours is there and empty, since `.env.local` fills in only what is absent.
 */
export function testEnvironment(machine: NodeJS.ProcessEnv, services: TestServices): NodeJS.ProcessEnv {
  const secret = () => randomBytes(24).toString('base64url');
  return {
    ...machine,
    ...Object.fromEntries(SETTINGS.map((name) => [name, ''])),
    REDIS_URL: services.redisUrl,
    MONGODB_URI: services.mongodbUri,
    ADMIN_API_KEY: secret(),
    NEXTAUTH_SECRET: secret(),
    SANDBOX_WEBHOOK_SECRET: secret(),
    NEXT_DIST_DIR: TEST_DIST_DIR,
    NEXT_TELEMETRY_DISABLED: '1',
    CHROMIUM_PATH: services.chromium,
  };
}
