// `node scripts/worker-health.ts`: exit 0 when a worker of this shop was heard of lately. A container's healthcheck.
import { env } from '#lib/env.ts';
import { LIMITS } from '#lib/limits.ts';
import { connectRedis } from '#lib/redis/connect.ts';
import { keys } from '#lib/redis/keys.ts';

const settings = env();
const redis = connectRedis(settings.REDIS_URL, 'worker-health');
try {
  await redis.connect();
  const [, heardMs] = await redis.zrange(keys.workers(), '-1', '-1', 'WITHSCORES');
  if (heardMs === undefined) throw new Error('no worker was ever heard of');
  const silentMs = Date.now() - Number(heardMs);
  const allowedMs = Math.max(LIMITS.heartbeatStaleMs, settings.SWEEP_SECONDS * 3_000);
  if (silentMs > allowedMs) throw new Error(`no worker was heard of for ${Math.round(silentMs / 1000)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  redis.disconnect();
}
