import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';

/**
 * Guessing gets slower: after some wrong passwords comes a wait, and each further wait is twice as long. Tries are counted
 * before the password is looked at, so that many at once are not more than one after the other.
 */
export class Backoff {
  readonly #tries: RateLimiterRedis;
  readonly #waits: RateLimiterRedis;

  /**
   * @param kind what is counted by: the account that is tried, or the address that tries
   * @param free wrong tries before the first wait
   */
  constructor(redis: Redis, kind: 'account' | 'address', free: number) {
    const storeClient = redis;
    this.#tries = new RateLimiterRedis({
      storeClient,
      keyPrefix: keys.passwordTries(kind),
      points: free,
      duration: LIMITS.passwordTriesSeconds,
    });
    this.#waits = new RateLimiterRedis({
      storeClient,
      keyPrefix: keys.passwordWaits(kind),
      points: Number.MAX_SAFE_INTEGER,
      duration: LIMITS.passwordWaitsSeconds,
    });
  }

  /** Count one try. @returns the seconds to wait instead of it; 0 when it may be made */
  async attempt(who: string): Promise<number> {
    const key = named(who);
    try {
      await this.#tries.consume(key);
      return 0;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints !== this.#tries.points + 1) return Math.ceil(refusal.msBeforeNext / 1_000);
      const { consumedPoints: waits } = await this.#waits.penalty(key);
      const seconds = waitSeconds(waits);
      await this.#tries.block(key, seconds);
      return seconds;
    }
  }

  /** The password was right: the account begins anew. */
  async forget(who: string): Promise<void> {
    await Promise.all([this.#tries.delete(named(who)), this.#waits.delete(named(who))]);
  }

  /** The password was right: that try does not count, but the wrong ones before it do. */
  async giveBack(who: string): Promise<void> {
    await this.#tries.reward(named(who));
  }
}

/** @param waits how many waits there have been with this one, from 1 @returns seconds, doubling up to a quarter of an hour */
export function waitSeconds(waits: number): number {
  return Math.min(LIMITS.passwordWaitSeconds * 2 ** (waits - 1), LIMITS.passwordWaitMostSeconds);
}

/** E-mail addresses and IP addresses do not stand in Redis in clear text. */
const named = (who: string) => createHash('sha256').update(who).digest('base64url').slice(0, 22);
