import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findChromium } from '#scripts/services/chromium.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { freePort } from '#scripts/services/ports.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { build, needsBuild } from '#scripts/start/build.ts';
import { seedIfEmpty, startBank, startShop, untilShopReady } from '#scripts/start/shop.ts';
import { makeStack } from '#scripts/start/stack.ts';
import { testEnvironment } from '#scripts/test/environment.ts';
import { client, type ShopClient } from '#tests/support/http.ts';

/** The demo shop as `npm start` runs it, on services of its own. */
export interface Showcase {
  url: string;
  /** A browser's program. */
  chromium: string;
  shop: ShopClient;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** A build of its own, beside a running shop's and the tests'. */
const DIST_DIR = '.next-showcase';

/**
 * Build the shop if it has changed, start it with the demo on throw-away services, do some work with it and stop everything,
 * also when the work fails or is interrupted. What the shop has written is shown when one of its processes dies.
 * @returns what the work returns
 */
export async function withShowcase<T>(work: (showcase: Showcase) => Promise<T>): Promise<T> {
  const log = (line: string) => console.log(line);
  const place = { root: ROOT, distDir: DIST_DIR, dataDir: path.join(ROOT, '.data') };
  if (needsBuild(place)) {
    log('Building the shop');
    await build(place);
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-showcase-'));
  const stack = makeStack((service) => log(`${service.name} has ended unexpectedly:\n${service.lastLines()}`));
  const stop = async () => {
    await stack.stop();
    removeFolder(folder);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stop().then(() => process.exit(1)));
  try {
    const chromium = await findChromium(log, { wholeBrowser: true });
    const redis = await startRedis({ dir: path.join(folder, 'redis'), log, ownGroup: true });
    stack.add(redis.service);
    const mongodb = await startMongo({ dir: path.join(folder, 'mongodb'), log, ownGroup: true });
    stack.add(mongodb.service);
    const [port, bankPort] = [await freePort(), await freePort()];
    const url = `http://localhost:${port}`;
    const env: NodeJS.ProcessEnv = {
      ...testEnvironment(process.env, { redisUrl: redis.url, mongodbUri: mongodb.url, chromium }),
      NODE_ENV: 'production',
      NEXT_DIST_DIR: DIST_DIR,
      PORT: String(port),
      NEXTAUTH_URL: url,
      SANDBOX_URL: `http://localhost:${bankPort}`,
      SANDBOX_PORT: String(bankPort),
      SHOP_URL: url,
      DEMO: '1',
      LOG_LEVEL: 'warn',
    };
    const shopPlace = { root: ROOT, dataDir: folder, port, env };
    await seedIfEmpty(shopPlace);
    await startBank(shopPlace, bankPort, (bank) => stack.add(bank));
    const { web, worker } = await startShop(shopPlace);
    stack.add(web, worker);
    await untilShopReady(web, port);
    process.env.ADMIN_API_KEY = env.ADMIN_API_KEY;
    return await work({ url, chromium, shop: client(url) });
  } finally {
    await stop();
  }
}
