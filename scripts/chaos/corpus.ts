import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { freePort } from '#scripts/services/ports.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { inLines, runCorpus } from '#tests/api/corpus-run.ts';
import { client } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

/**
 * Send generated attacks to one web process of the built shop on throw-away services, and print figures by class.
 * @returns whether every one was refused, nothing changed and nothing leaked
 */
export async function attackShop(seed: number, requests: number): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-corpus-'));
  const [redis, mongo, port] = await Promise.all([
    startRedis({ dir: join(dir, 'redis') }),
    startMongo({ dir: join(dir, 'mongo') }),
    freePort(),
  ]);
  Object.assign(process.env, TEST_SECRETS);
  const env = { ...process.env, REDIS_URL: redis.url, MONGODB_URI: mongo.url, PORT: String(port), RATE_LIMIT: 'off' };
  const web = spawn(process.execPath, ['server.ts'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const own = new Redis(redis.url);
  const connection = await mongoose.createConnection(mongo.url).asPromise();
  try {
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/api/ready`)).ok, { what: 'the shop is ready' });
    const began = performance.now();
    const said = () => Math.round((performance.now() - began) / 1_000);
    const progress = (done: number) => process.stderr.write(`${done} requests, ${said()} s\n`);
    const result = await runCorpus(
      { client: client(url), redis: own, mongo: connection },
      { seed, requests, progress },
    );
    process.stdout.write(`${inLines(result).join('\n')}\n`);
    for (const failure of result.failures.slice(0, 20)) process.stdout.write(`${failure}\n`);
    const verdict =
      result.failures.length === 0
        ? 'all refused, nothing changed, nothing leaked'
        : `${result.failures.length} FAILURES`;
    process.stdout.write(`seed ${seed}: ${requests} requests in ${said()} s: ${verdict}\n`);
    return result.failures.length === 0;
  } finally {
    own.disconnect();
    await connection.close();
    web.kill('SIGTERM');
    await new Promise((resolve) => web.once('close', resolve));
    await Promise.all([redis.stop(), mongo.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}
