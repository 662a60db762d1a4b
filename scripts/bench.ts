import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { freePort } from '#scripts/services/ports.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { client, type ShopClient } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

// `npm run bench`: one web process of the built shop on throw-away services, driven from this machine. The figures are of this
// machine and its load; only those of one run may be compared with each other.
const CALLS = 4_000;
const IN_FLIGHT = 100;
const ROUNDS = 3;

const dir = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const [redis, mongo, port] = await Promise.all([
  startRedis({ dir: join(dir, 'redis') }),
  startMongo({ dir: join(dir, 'mongo') }),
  freePort(),
]);
Object.assign(process.env, TEST_SECRETS);
const env = { ...process.env, REDIS_URL: redis.url, MONGODB_URI: mongo.url, PORT: String(port), RATE_LIMIT: 'off' };
const web = spawn(process.execPath, ['server.ts'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
try {
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/api/ready`)).ok, { what: 'the shop is ready' });
  const shop = client(url);
  for (let round = 1; round <= ROUNDS; round++) await measure(shop, round);
} finally {
  web.kill('SIGTERM');
  await new Promise((resolve) => web.once('close', resolve));
  await Promise.all([redis.stop(), mongo.stop()]);
  removeFolder(dir);
}

/** One round of everything, so that a noisy minute hits all of it. */
async function measure(shop: ShopClient, round: number): Promise<void> {
  const many = await shop.sale({ units: [CALLS] });
  const none = await shop.sale({ units: [1] });
  const buy = (productId: string) => () => shop.shopper().buyNow([{ productId, quantity: 1 }]);
  await buy(none.productIds[0]!)();
  const figures = {
    orders: await rate(buy(many.productIds[0]!), 201),
    'sold out': await rate(buy(none.productIds[0]!), 409),
    'sale page data': await rate(() => shop.shopper().call('GET', `/api/sales/${many.saleId}`), 200),
    health: await rate(() => shop.shopper().call('GET', '/api/health'), 200),
  };
  const line = Object.entries(figures).map(([what, { perSecond, p99 }]) => `${what} ${perSecond}/s (p99 ${p99} ms)`);
  process.stdout.write(`round ${round}: ${line.join(' · ')}\n`);
}

/** @returns answers a second, and the 99th percentile of their times in ms; throws at any other status */
async function rate(
  call: () => Promise<{ status: number; body: unknown }>,
  status: number,
): Promise<{ perSecond: number; p99: number }> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  const lane = async () => {
    while (next++ < CALLS) {
      const asked = performance.now();
      const answer = await call();
      if (answer.status !== status) throw new Error(`${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const perSecond = Math.round((CALLS / (performance.now() - began)) * 1_000);
  times.sort((a, b) => a - b);
  return { perSecond, p99: Math.round(times[Math.floor(times.length * 0.99)]!) };
}
