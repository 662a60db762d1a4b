import type { Redis } from 'ioredis';
import { MisconfiguredError } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { requireVersion } from '#lib/require-version.ts';
import type { ServerVersion } from '#lib/server-versions.ts';
import { isUnavailable } from '#lib/unavailable.ts';

/**
 * Check that this Redis may keep holds: it must be new enough, must never evict keys, and should survive a restart. A hosted
 * Redis that does not show its version or its settings is accepted.
 * @param keyspaceEvents turn on the expired events if they are off
 * @throws {MisconfiguredError} when it is too old or keys may be evicted; other errors mean that Redis could not be asked
 */
export async function checkRedis(redis: Redis, { keyspaceEvents }: { keyspaceEvents: boolean }): Promise<void> {
  const version = await readVersion(redis);
  if (version) requireVersion(version);
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

/** Valkey reports the Redis version that it is compatible with as `redis_version`, and its own as `valkey_version` since 8.0. */
async function readVersion(redis: Redis): Promise<ServerVersion | undefined> {
  const info = await redis.info('server').catch((error: unknown) => {
    if (isUnavailable(error)) throw error;
    return '';
  });
  const valkey = /^valkey_version:(\d+(?:\.\d+)+)/m.exec(info)?.[1];
  if (valkey) return { server: 'Valkey', version: valkey };
  const version = /^redis_version:(\d+(?:\.\d+)+)/m.exec(info)?.[1];
  const server = /^server_name:valkey/m.test(info) ? 'Valkey' : 'Redis';
  return version ? { server, version } : undefined;
}
