import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { LIMITS } from '#lib/limits.ts';
import { networkOf } from '#lib/rates/network.ts';
import { ADDRESSES_PER_NETWORK, RATES, type Rate, type RateClass } from '#lib/rates/table.ts';
import { keys } from '#lib/redis/keys.ts';

/** Whose points a call costs; whoever is empty is not counted. */
export interface PointsOf {
  customer?: string;
  /** What lib/http/address.ts calls a neighbourhood. */
  address?: string;
}

/** The rate that a caller has used up. */
export interface Exceeded extends Rate {
  name: string;
  /** Until there are points again; at least 1. */
  retryAfterSeconds: number;
}

/**
 * Who has called how often. Each process counts by itself, so that a call waits for nobody; a key that has used more than a
 * tenth of its points is counted in Redis too, in the background, so that all processes know it soon. While Redis is away
 * each goes on with its own count. A limit can so be overrun by what the other processes admit before they have heard.
 */
export class Rates {
  readonly #counters = new Map<string, Counter>();

  /** @param on false admits everything: load tests are one caller */
  constructor(redis: Redis, on: boolean) {
    if (!on) return;
    for (const [name, rates] of Object.entries(RATES)) {
      for (const [by, rate] of Object.entries(rates)) {
        this.#counters.set(`${name} ${by}`, new Counter(redis, `${name}-${by}`, rate));
        if (by !== 'address') continue;
        const wide = { ...rate, points: rate.points * ADDRESSES_PER_NETWORK };
        this.#counters.set(`${name} network`, new Counter(redis, `${name}-network`, wide));
      }
    }
  }

  /**
   * Spend a point of each of the caller's, or none at all: who is refused anyway uses up nothing of the neighbours'.
   * @returns what is used up, if anything; the call is refused then
   */
  take(of: RateClass, caller: PointsOf): Exceeded | undefined {
    const exceeded = this.look(of, caller);
    if (!exceeded) for (const [counter, key] of this.#countersOf(of, caller)) counter.spend(key);
    return exceeded;
  }

  /** @returns what is used up, if anything, spending nothing */
  look(of: RateClass, caller: PointsOf): Exceeded | undefined {
    let worst: Exceeded | undefined;
    for (const [counter, key] of this.#countersOf(of, caller)) {
      const exceeded = counter.look(key);
      if (exceeded && exceeded.retryAfterSeconds > (worst?.retryAfterSeconds ?? 0)) worst = exceeded;
    }
    return worst;
  }

  #countersOf(of: RateClass, { customer, address }: PointsOf): [Counter, key: string][] {
    const whose = { customer, address, network: address && networkOf(address) };
    return (['customer', 'address', 'network'] as const).flatMap((by) => {
      const counter = this.#counters.get(`${of} ${by}`);
      return counter && whose[by] ? [[counter, whose[by]]] : [];
    });
  }
}

interface Count {
  /** Known to have been spent anywhere, and spent here but not yet told to Redis. */
  spent: number;
  untold: number;
  telling: boolean;
  untilMs: number;
}

class Counter {
  readonly #counts = new Map<string, Count>();
  readonly #name: string;
  readonly #rate: Rate;
  readonly #shared: RateLimiterRedis;

  constructor(redis: Redis, name: string, rate: Rate) {
    this.#name = name;
    this.#rate = rate;
    this.#shared = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: keys.rate(name),
      points: rate.points,
      duration: rate.windowSeconds,
      rejectIfRedisNotReady: true,
    });
  }

  spend(key: string): void {
    const count = this.#current(key);
    count.untold += 1;
    if (count.spent + count.untold > this.#rate.points / 10) void this.#tell(key, count);
  }

  look(key: string): Exceeded | undefined {
    const count = this.#current(key);
    return count.spent + count.untold >= this.#rate.points ? this.#exceeded(count) : undefined;
  }

  #current(key: string): Count {
    const now = performance.now();
    const known = this.#counts.get(key);
    if (known && known.untilMs > now) return known;
    const count: Count = { spent: 0, untold: 0, telling: false, untilMs: now + this.#rate.windowSeconds * 1_000 };
    this.#counts.delete(key); // so that the oldest stay first
    this.#counts.set(key, count);
    const oldest = this.#counts.size > LIMITS.rateKeys ? this.#counts.keys().next().value : undefined;
    if (oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }

  /** One call to Redis at a time for a key: what is spent meanwhile is told with the next one. */
  async #tell(key: string, count: Count): Promise<void> {
    if (count.telling) return;
    count.telling = true;
    const points = count.untold;
    const answer = await this.#shared.consume(key, points).catch((refusal: unknown) => refusal);
    count.telling = false;
    if (!(answer instanceof RateLimiterRes)) return; // Redis is away: the own count goes on
    count.untold -= points;
    count.spent = answer.consumedPoints;
    count.untilMs = performance.now() + answer.msBeforeNext;
    if (count.untold > 0) await this.#tell(key, count);
  }

  #exceeded({ untilMs }: Count): Exceeded {
    const seconds = Math.ceil((untilMs - performance.now()) / 1_000);
    return { ...this.#rate, name: this.#name, retryAfterSeconds: Math.max(1, seconds) };
  }
}
