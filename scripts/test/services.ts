import path from 'node:path';
import { findChromium } from '#scripts/services/chromium.ts';
import type { Log } from '#scripts/services/log.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';
import type { Stack } from '#scripts/start/stack.ts';
import type { Step, StepName } from '#scripts/test/steps.ts';

/** What one step is to use. */
export interface TestServices {
  redisUrl: string;
  mongodbUri: string;
  /** Empty for a step without a browser. */
  chromium: string;
}

const NONE: TestServices = { redisUrl: '', mongodbUri: '', chromium: '' };

/**
 * Bring up what the steps need: one MongoDB, and a Redis and a database for each of Vitest and the browser tests, so
 * that neither meets the other's sales.
 * @param folder for their data
 * @param onStarted called after each start, with everything in the stack so far
 */
export async function startTestServices(
  steps: readonly Step[],
  folder: string,
  stack: Stack,
  log: Log,
  onStarted: () => void,
): Promise<Map<StepName, TestServices>> {
  const services = new Map<StepName, TestServices>(steps.map(({ name }) => [name, NONE]));
  const users = steps.map(({ name }) => name).filter((name) => name === 'vitest' || name === 'browser');
  if (users.length === 0) return services;

  const chromium = users.includes('browser') ? await findChromium(log) : '';
  const mongodb = await startMongo({ dir: path.join(folder, 'mongodb'), log, ownGroup: true });
  stack.add(mongodb.service);
  onStarted();
  for (const name of users) {
    const redis = await startRedis({ dir: path.join(folder, `redis-${name}`), log, ownGroup: true });
    stack.add(redis.service);
    onStarted();
    const mongodbUri = new URL(mongodb.url);
    mongodbUri.pathname = `/test-${name}`;
    services.set(name, {
      redisUrl: redis.url,
      mongodbUri: mongodbUri.href,
      chromium: name === 'browser' ? chromium : '',
    });
  }
  return services;
}
