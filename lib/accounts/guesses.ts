import type { Redis } from 'ioredis';
import { Backoff, named, type TriesOf } from '#lib/accounts/backoff.ts';
import { LIMITS } from '#lib/limits.ts';
import { type Exceeded, networkOf } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';

/** Where a password is tried from: a neighbourhood of addresses, or an open session of the account itself. */
export type TriedFrom = { address: string } | 'session';

/** A try that may be made; what became of it is to be said. */
export interface Try {
  status: 'try';
  /** The password was right. */
  right(): Promise<void>;
  /** Nothing was decided: as if there had been no try. */
  undecided(): Promise<void>;
}

/**
 * Who may try a password. An account is guessed at slowly from one address, not much faster from many, and an address may not
 * try many accounts. Guesses from elsewhere do not keep out whoever has signed in from an address before, nor an open session.
 */
export class Guesses {
  readonly #redis: Redis;
  readonly #by: Record<TriesOf, Backoff>;

  constructor(redis: Redis) {
    this.#redis = redis;
    const by = (of: TriesOf) => new Backoff(redis, of);
    this.#by = {
      accountFromAddress: by('accountFromAddress'),
      account: by('account'),
      address: by('address'),
      network: by('network'),
    };
  }

  /** @param email of an account, whether or not there is one: nobody can tell by what is answered */
  async begin(email: string, from: TriedFrom): Promise<Try | { status: 'wait'; exceeded: Exceeded }> {
    const pair = `${email} ${from === 'session' ? from : from.address}`;
    const counted: [TriesOf, string][] = [['accountFromAddress', pair]];
    const place = keys.signedInFrom(named(pair));
    if (from !== 'session') {
      const network = networkOf(from.address);
      counted.push(['address', from.address]);
      if (network) counted.push(['network', network]);
      if (!(await this.#redis.exists(place))) counted.push(['account', email]);
    }
    const giveBack = async (which: [TriesOf, string][]) => {
      await Promise.all(which.map(([of, who]) => this.#by[of].giveBack(who)));
    };
    for (const [i, [of, who]] of counted.entries()) {
      const exceeded = await this.#by[of].attempt(who);
      if (!exceeded) continue;
      await giveBack(counted.slice(0, i));
      return { status: 'wait', exceeded };
    }
    return {
      status: 'try',
      right: async () => {
        const [, ...others] = counted;
        const remember = this.#redis.set(place, '1', 'EX', LIMITS.signedInFromSeconds);
        await Promise.all([this.#by.accountFromAddress.forget(pair), giveBack(others), remember]);
      },
      undecided: () => giveBack(counted),
    };
  }
}
