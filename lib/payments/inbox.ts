import type { Alarms } from '#lib/alarms/index.ts';
import { backoffMs } from '#lib/backoff.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models, PaymentEventRecord } from '#lib/mongo/models.ts';
import type { PaymentEvent } from '#lib/payments/provider.ts';

/** Payment events as they came in, each stored once before anything is decided. */
export interface Inbox {
  /**
   * Store a verified event. What is stored first under an event id is what counts.
   * @returns the stored event and whether it has been settled before
   */
  store(event: PaymentEvent): Promise<{ event: PaymentEvent; done: boolean }>;
  /** The event has decided its order. */
  noteDone(eventId: string, outcome: string): Promise<void>;
  /**
   * Take up events that nobody has settled for a while, at most LIMITS.inboxBatch. Each time counts as a try; the next one
   * comes later and later, and after LIMITS.paymentAttempts somebody is told.
   */
  waiting(): Promise<PaymentEvent[]>;
}

/** How long a fresh event is left to whoever received it before a worker takes it up. */
const TAKE_UP_AFTER_MS = 2_000;

/** The real inbox. */
export function inbox({ paymentEvents }: Pick<Models, 'paymentEvents'>, alarms: Pick<Alarms, 'raise' | 'over'>): Inbox {
  return {
    async store({ eventId, ...fields }) {
      const record = await paymentEvents
        .findOneAndUpdate(
          { _id: eventId },
          {
            $setOnInsert: {
              ...fields,
              receivedAt: new Date(),
              done: false,
              attempts: 0,
              tryAt: new Date(Date.now() + TAKE_UP_AFTER_MS),
            },
          },
          { upsert: true, returnDocument: 'after' },
        )
        .lean<PaymentEventRecord>();
      return { event: toEvent(record!), done: record!.done };
    },

    async noteDone(eventId, outcome) {
      const event = await paymentEvents.findOneAndUpdate({ _id: eventId }, { $set: { done: true, outcome } }).lean();
      if (event && event.attempts >= LIMITS.paymentAttempts) await alarms.over('eventStuck', eventId);
    },

    async waiting() {
      const records = await paymentEvents
        .find({ done: false, tryAt: { $lte: new Date() } })
        .sort({ tryAt: 1 })
        .limit(LIMITS.inboxBatch)
        .lean<PaymentEventRecord[]>();
      for (const { _id, attempts, type } of records) {
        const tryAt = new Date(Date.now() + backoffMs(attempts + 1, LIMITS.eventPauseMs));
        await paymentEvents.updateOne({ _id }, { $inc: { attempts: 1 }, $set: { tryAt } });
        if (attempts + 1 >= LIMITS.paymentAttempts)
          await alarms.raise('eventStuck', _id, `${type} could not be settled ${attempts} times so far`);
      }
      return records.map(toEvent);
    },
  };
}

function toEvent({ _id, type, paymentId, orderId, amount, currency }: PaymentEventRecord): PaymentEvent {
  return { eventId: _id, type, paymentId, orderId, amount, currency };
}
