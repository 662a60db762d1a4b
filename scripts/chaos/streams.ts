import { Redis } from 'ioredis';
import { LIMITS } from '#lib/limits.ts';
import { withBuiltShop } from '#scripts/chaos/built-shop.ts';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';
import { shopFloor } from '#tests/support/processes.ts';
import { flood, problemsOf } from '#tests/support/streams.ts';

/** Askings beyond what a process may have, and from how many addresses all of them come: none has as many as it may. */
const BEYOND = 500;
const ADDRESSES = 5;
const STORMS = 3;

/**
 * More live streams than one process may have, slow readers and storms of reconnects among them, while somebody buys; on
 * throw-away services.
 * @returns whether exactly as many stayed as may, and checkouts went on
 */
export function floodStreams(): Promise<ProofResult> {
  return withBuiltShop(async () => {
    const floor = await shopFloor({ RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' });
    const redis = new Redis(floor.redis.url);
    try {
      const { client } = await floor.web();
      const cap = LIMITS.sseClientsPerProcess;
      const addresses = Array.from({ length: cap + BEYOND }, (_, i) => `198.51.100.${i % ADDRESSES}`);
      const began = performance.now();
      const figures = await flood({ client, redis }, { addresses, cap, storms: STORMS });
      const problems = problemsOf(figures, cap);
      const seconds = Math.round((performance.now() - began) / 1_000);
      return verdict(problems.length === 0, [
        ...Object.entries(figures).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
        `${addresses.length} streams asked for, ${STORMS} storms, ${seconds} s`,
        ...(problems.length === 0 ? ['exactly as many as may be, and checkouts go on'] : problems),
      ]);
    } finally {
      redis.disconnect();
      await floor.close();
    }
  });
}
