/** Alarms: what a human must look at. Each stays open until somebody has closed it with a note, or the trouble is over. */
import { LIMITS } from '#lib/limits.ts';
import type { AlarmRecord, Models } from '#lib/mongo/models.ts';

export type AlarmKind = AlarmRecord['kind'];

export interface Alarms {
  /** Raise an alarm about a subject (an order's or a payment's id). One that was raised before stays as it is, also if closed. */
  raise(kind: AlarmKind, subject: string, detail: string): Promise<void>;
  /** Close an alarm. @returns whether there was an open one */
  close(alarmId: string, note: string): Promise<boolean>;
  /** Open alarms, oldest first, at most LIMITS.listDefault. */
  open(): Promise<AlarmRecord[]>;
}

/** The real alarms. */
export function alarms({ alarms }: Pick<Models, 'alarms'>): Alarms {
  return {
    async raise(kind, subject, detail) {
      await alarms.updateOne(
        { _id: alarmId(kind, subject) },
        { $setOnInsert: { kind, subject, detail, open: true, raisedAt: new Date() } },
        { upsert: true },
      );
    },
    async close(id, note) {
      const closed = await alarms.updateOne(
        { _id: id, open: true },
        { $set: { open: false, note, closedAt: new Date() } },
      );
      return closed.modifiedCount === 1;
    },
    open: () => alarms.find({ open: true }).sort({ raisedAt: 1 }).limit(LIMITS.listDefault).lean<AlarmRecord[]>(),
  };
}

/** @returns the id of the one alarm of a kind about a subject */
export function alarmId(kind: AlarmKind, subject: string): string {
  return `${kind}:${subject}`;
}
