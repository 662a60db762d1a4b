import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { LIMITS } from '#lib/limits.ts';
import type { Exceeded } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';

/** What wrong passwords are counted by. */
export type TriesOf = keyof typeof LIMITS.passwordTries;

/**
 * Guessing gets slower: after some wrong passwords comes a wait, and each further wait is twice as long. Tries are counted
 * before the password is looked at, so that many at once are not more than one after the other.
 */
export class Backoff {
  readonly #of: TriesOf;
  readonly #tries: RateLimiterRedis;
  readonly #waits: RateLimiterRedis;

  constructor(redis: Redis, of: TriesOf) {
    const { free, windowSeconds } = LIMITS.passwordTries[of];
    const storeClient = redis;
    this.#of = of;
    this.#tries = new RateLimiterRedis({
      storeClient,
      keyPrefix: keys.passwordTries(of),
      points: free,
      duration: windowSeconds,
    });
    this.#waits = new RateLimiterRedis({
      storeClient,
      keyPrefix: keys.passwordWaits(of),
      points: Number.MAX_SAFE_INTEGER,
      duration: LIMITS.passwordWaitsSeconds,
    });
  }

  /** Count one try. @returns the wait that there is instead of it; undefined when it may be made */
  async attempt(who: string): Promise<Exceeded | undefined> {
    const key = named(who);
    try {
      await this.#tries.consume(key);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints !== this.#tries.points + 1) return passwordWait(refusal.msBeforeNext / 1_000);
      const { consumedPoints: waits } = await this.#waits.penalty(key);
      const seconds = waitSeconds(this.#of, waits);
      await this.#tries.block(key, seconds);
      return passwordWait(seconds);
    }
  }

  /** The password was right: whoever it is begins anew. */
  async forget(who: string): Promise<void> {
    await Promise.all([this.#tries.delete(named(who)), this.#waits.delete(named(who))]);
  }

  /** That try does not count, but the wrong ones before it do; nor does it shorten a wait that has begun since. */
  async giveBack(who: string): Promise<void> {
    const tries = await this.#tries.get(named(who));
    if (tries && tries.consumedPoints > 0 && tries.consumedPoints <= this.#tries.points)
      await this.#tries.reward(named(who));
  }
}

/**
 * What somebody is told who must wait before a password is looked at: the same whatever was used up, since that would tell who
 * signs in there.
 */
export function passwordWait(seconds: number): Exceeded {
  const { free: points, windowSeconds } = LIMITS.passwordTries.accountFromAddress;
  return { name: 'password', points, windowSeconds, retryAfterSeconds: Math.max(1, Math.ceil(seconds)) };
}

/** @param waits how many waits there have been with this one, from 1 @returns seconds, doubling up to the most */
export function waitSeconds(of: TriesOf, waits: number): number {
  const { firstWaitSeconds, longestWaitSeconds } = LIMITS.passwordTries[of];
  return Math.min(firstWaitSeconds * 2 ** (waits - 1), longestWaitSeconds);
}

/** E-mail addresses and IP addresses do not stand in Redis in clear text. */
export const named = (who: string) => createHash('sha256').update(who).digest('base64url').slice(0, 22);
