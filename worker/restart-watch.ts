import type { Redis } from 'ioredis';

/** Notices that Redis is not the process, or not the history, that it was at the last look. */
export class RestartWatch {
  readonly #redis: Redis;
  #seen: string | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** @returns whether Redis restarted or another replica was promoted since the last call; false at the first */
  async restarted(): Promise<boolean> {
    const info = await this.#redis.info();
    const identity = `${field(info, 'run_id')} ${field(info, 'master_replid')}`;
    const changed = this.#seen !== undefined && this.#seen !== identity;
    this.#seen = identity;
    return changed;
  }
}

const field = (info: string, name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
