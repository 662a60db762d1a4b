import cron from 'node-cron';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { onShutdown } from '#lib/shutdown.ts';

/** On a signal: no new sweep, no heartbeat, connections closed. A sweep in the middle is redone by whoever comes next. */
export function stopOnSignal(shop: HoldfastProcess, workerId: string): void {
  onShutdown(async () => {
    for (const task of cron.getTasks().values()) await task.stop();
    await shop.redis.zrem(keys.workers(), workerId).catch(() => {});
    await shop.close();
  });
}
