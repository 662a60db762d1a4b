import { Redis } from 'ioredis';
import { LIMITS } from '#lib/limits.ts';

/**
 * Connect to Redis for commands. A command that cannot be answered in time fails instead of waiting: the caller
 * says 503. The connection comes back by itself, for as long as the process lives.
 * @param url redis:// or rediss://
 * @param name shown in CLIENT LIST
 */
export function connectRedis(url: string, name: string): Redis {
  return quiet(
    new Redis(url, {
      connectionName: name,
      lazyConnect: true,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: LIMITS.redisCommandMs,
      connectTimeout: LIMITS.redisCommandMs,
      retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    }),
  );
}

/** Connect to Redis for subscriptions, which are made again after each reconnect. */
export function connectSubscriber(url: string, name: string): Redis {
  return quiet(
    new Redis(url, {
      connectionName: name,
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: LIMITS.redisCommandMs,
      retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    }),
  );
}

/** A lost connection is an operating state, reported by the commands that fail; the event itself says nothing more. */
function quiet(redis: Redis): Redis {
  redis.on('error', () => {});
  return redis;
}
