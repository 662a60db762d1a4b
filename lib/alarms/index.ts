/** Alarms: what a human must look at. Each stays open until somebody has closed it with a note, or the trouble is over. */
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import type { AlarmRecord, Models } from '#lib/mongo/models.ts';

export type AlarmKind = AlarmRecord['kind'];

export interface Alarms {
  /**
   * Raise an alarm about a subject (an order's or a payment's id), and say so in the log. One that was raised before stays as
   * it is, also if a human closed it; one that was over is open again.
   */
  raise(kind: AlarmKind, subject: string, detail: string): Promise<void>;
  /** The trouble is over by itself: nobody need look any more. */
  over(kind: AlarmKind, subject: string): Promise<void>;
  /** Whether an alarm was raised, open or closed. */
  raised(kind: AlarmKind, subject: string): Promise<boolean>;
  /** Close an alarm. @returns whether there was an open one */
  close(alarmId: string, note: string): Promise<boolean>;
  /** Open alarms, oldest first, at most LIMITS.listDefault. */
  open(): Promise<AlarmRecord[]>;
  /** How many are open, by kind. */
  counts(): Promise<{ kind: AlarmKind; open: number }[]>;
}

/** The real alarms. */
export function alarms({ alarms }: Pick<Models, 'alarms'>): Alarms {
  return {
    async raise(kind, subject, detail) {
      const _id = alarmId(kind, subject);
      const set = { detail, open: true, raisedAt: new Date() };
      const again = await alarms.updateOne({ _id, over: true }, { $set: set, $unset: { over: 1, closedAt: 1 } });
      const fresh =
        again.matchedCount === 0 &&
        (await alarms.updateOne({ _id }, { $setOnInsert: { kind, subject, ...set } }, { upsert: true }));
      if (again.matchedCount > 0 || (fresh && fresh.upsertedCount > 0)) log().error({ kind, subject, detail }, 'alarm');
    },
    async over(kind, subject) {
      const set = { open: false, over: true, closedAt: new Date() };
      await alarms.updateOne({ _id: alarmId(kind, subject), open: true }, { $set: set });
    },
    raised: async (kind, subject) => (await alarms.exists({ _id: alarmId(kind, subject) })) !== null,
    async close(id, note) {
      const closed = await alarms.updateOne(
        { _id: id, open: true },
        { $set: { open: false, note, closedAt: new Date() } },
      );
      return closed.modifiedCount === 1;
    },
    open: () => alarms.find({ open: true }).sort({ raisedAt: 1 }).limit(LIMITS.listDefault).lean<AlarmRecord[]>(),
    counts: () =>
      alarms.aggregate([
        { $match: { open: true } },
        { $group: { _id: '$kind', open: { $sum: 1 } } },
        { $project: { _id: 0, kind: '$_id', open: 1 } },
      ]),
  };
}

/** @returns the id of the one alarm of a kind about a subject */
export function alarmId(kind: AlarmKind, subject: string): string {
  return `${kind}:${subject}`;
}
