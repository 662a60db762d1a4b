import type { Redis } from 'ioredis';
import { MisconfiguredError } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { isUnavailable } from '#lib/unavailable.ts';

/**
 * Look whether this Redis may keep holds: it must never evict keys, and should survive a restart. A hosted Redis that
 * does not show its settings is taken at its word.
 * @param keyspaceEvents turn on the expired events if they are off
 * @throws {MisconfiguredError} when keys may be evicted; other errors mean that Redis could not be asked
 */
export async function checkRedis(redis: Redis, { keyspaceEvents }: { keyspaceEvents: boolean }): Promise<void> {
  const read = async (name: string) => {
    const answer = await redis.config('GET', name).catch((error: unknown) => {
      if (isUnavailable(error)) throw error;
      return [];
    });
    return (answer as string[])[1];
  };
  const policy = await read('maxmemory-policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new MisconfiguredError(
      `Holdfast is misconfigured:\n  REDIS_URL: this Redis has maxmemory-policy ${policy}; it must be noeviction, or holds would vanish`,
    );
  }
  if ((await read('appendonly')) === 'no') {
    log().warn(
      'Redis keeps no append-only file: after its restart every sale is rebuilt from MongoDB; set appendonly yes, appendfsync everysec',
    );
  }
  const events = await read('notify-keyspace-events');
  if (keyspaceEvents && events !== undefined && !(/E/.test(events) && /[xA]/.test(events))) {
    await redis.config('SET', 'notify-keyspace-events', `${events}Ex`).catch(() => {});
  }
}
