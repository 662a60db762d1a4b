import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Models } from '#lib/mongo/models.ts';

/**
 * Notices that Redis is not the process, or not the history, that it was at the last look. What it saw last is on record in
 * MongoDB (`audit_log`), so that a restart while no worker ran is noticed too.
 */
export class RestartWatch {
  readonly #redis: Redis;
  readonly #auditLog: Models['auditLog'];
  #seen: string | undefined;

  constructor(redis: Redis, { auditLog }: Pick<Models, 'auditLog'>) {
    this.#redis = redis;
    this.#auditLog = auditLog;
  }

  /** @returns whether Redis restarted or another replica was promoted since the last call, or since the last one on record */
  async restarted(): Promise<boolean> {
    const info = await this.#redis.info();
    const identity = `${field(info, 'run_id')} ${field(info, 'master_replid')}`;
    if (this.#seen === identity) return false;
    const before =
      this.#seen ?? (await this.#auditLog.findOne({ kind: 'redisRestarted' }).sort({ at: -1 }).lean())?.detail;
    if (before !== identity)
      await this.#auditLog.create({ _id: randomUUID(), kind: 'redisRestarted', detail: identity, at: new Date() });
    this.#seen = identity;
    return before !== undefined && before !== identity;
  }
}

const field = (info: string, name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
