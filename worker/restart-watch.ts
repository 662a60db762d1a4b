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
  /** For which run of Redis the repair has not succeeded yet, and what of it is done. */
  #repairing: { identity: string; done: Set<string> } | undefined;

  constructor(redis: Redis, { auditLog }: Pick<Models, 'auditLog'>) {
    this.#redis = redis;
    this.#auditLog = auditLog;
  }

  /**
   * @param repair runs when Redis restarted or another replica was promoted since the last look, or since the last one on
   *   record, and at every look until it has succeeded once. It is given what of it has been done for this run of Redis before
   */
  async look(repair: (done: Set<string>) => Promise<void>): Promise<void> {
    const info = await this.#redis.info();
    const identity = `${field(info, 'run_id')} ${field(info, 'master_replid')}`;
    if (this.#seen === identity) return;
    const before =
      this.#seen ?? (await this.#auditLog.findOne({ kind: 'redisRestarted' }).sort({ at: -1 }).lean())?.detail;
    if (this.#repairing?.identity !== identity) this.#repairing = { identity, done: new Set() };
    if (before !== undefined && before !== identity) await repair(this.#repairing.done);
    // One record for each, however many workers look: the auditor counts them.
    const record = { kind: 'redisRestarted', detail: identity, at: new Date() } as const;
    await this.#auditLog.updateOne({ _id: identity }, { $set: record }, { upsert: true });
    this.#seen = identity;
    this.#repairing = undefined;
  }
}

const field = (info: string, name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
