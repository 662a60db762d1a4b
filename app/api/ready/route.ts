import { problem } from '#lib/http/problem.ts';
import { json, onlyAnswers, route } from '#lib/http/route.ts';
import { LIMITS } from '#lib/limits.ts';
import { missingFences } from '#lib/mongo/indexes.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';

/**
 * Readiness: Redis, MongoDB and the fences are there. A worker not heard of makes it degraded, still 200. However many ask at
 * once, there is one look at a time.
 */
export const GET = route({ who: 'anyone', rate: 'none' }, async ({ shop }) => {
  if (!shop.booted) return problem('UNAVAILABLE', { detail: 'The process is still starting.' });
  looking ??= look(shop).finally(() => (looking = undefined));
  const { newest, missing } = await looking;
  if (missing.length > 0) return problem('UNAVAILABLE', { detail: `MongoDB lacks ${missing.join(', ')}.` });
  const silentMs = newest[1] === undefined ? null : Date.now() - Number(newest[1]);
  const stale = silentMs === null || silentMs > Math.max(LIMITS.heartbeatStaleMs, shop.env.SWEEP_SECONDS * 3_000);
  return json(200, { status: stale ? 'degraded' : 'ok', worker: { silentMs } });
});

let looking: ReturnType<typeof look> | undefined;

async function look({ redis, models }: HoldfastProcess) {
  const [newest, missing] = await Promise.all([
    redis.zrange(keys.workers(), '-1', '-1', 'WITHSCORES'),
    missingFences(models),
  ]);
  return { newest, missing };
}

const other = onlyAnswers('GET');

export { other as DELETE, other as OPTIONS, other as PATCH, other as POST, other as PUT };
