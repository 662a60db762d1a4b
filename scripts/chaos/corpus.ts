import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { withBuiltShop } from '#scripts/chaos/built-shop.ts';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';
import { inLines, runCorpus } from '#tests/api/corpus-run.ts';
import { shopFloor } from '#tests/support/processes.ts';

/**
 * Send generated attacks to one web process of the built shop on throw-away services, and print figures by class.
 * @returns whether every one was refused, nothing changed, nothing leaked, and the process has written of no failure
 */
export function attackShop(seed: number, requests: number): Promise<ProofResult> {
  return withBuiltShop(async () => {
    const floor = await shopFloor({ LOG_LEVEL: 'error' });
    const redis = new Redis(floor.redis.url);
    const connection = await mongoose.createConnection(floor.env.MONGODB_URI!).asPromise();
    try {
      const web = await floor.web();
      const began = performance.now();
      const said = () => Math.round((performance.now() - began) / 1_000);
      const progress = (done: number) => process.stderr.write(`${done} requests, ${said()} s\n`);
      const result = await runCorpus({ web, redis, mongo: connection }, { seed, requests, progress });
      const holds = result.failures.length === 0;
      const inWords = holds ? 'all refused, nothing changed, nothing leaked' : `${result.failures.length} failures`;
      return verdict(holds, [
        ...inLines(result),
        ...result.failures.slice(0, 20),
        `seed ${seed}: ${requests} requests in ${said()} s: ${inWords}`,
      ]);
    } finally {
      redis.disconnect();
      await connection.close();
      await floor.close();
    }
  });
}
