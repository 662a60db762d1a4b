import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';

/** A payment that a shopper has begun, and whose end the shop has not heard of yet. */
export interface BegunPayment {
  orderId: string;
  /** Unknown when the provider's first answer was lost. */
  paymentId: string | undefined;
  /** Looks at the provider's books so far, this one included. */
  looks: number;
}

/** Payments that were begun: written down before the provider is asked, so that none is forgotten. */
export interface BegunPayments {
  /** A payment of this order begins. @param lookAtMs when to look after it, by Redis's clock; a second time only says that there is something to look after
   * @returns whether one was begun before, and its id if that is known */
  begin(orderId: string, lookAtMs: number): Promise<{ again: boolean; paymentId: string | undefined }>;
  /** The provider has answered: there is something to look after, also if nobody thought so any more. */
  note(orderId: string, paymentId: string): Promise<void>;
  /**
   * Take up what is due, as many as are looked at side by side (LIMITS.paymentsAtOnce); another worker leaves it alone for LIMITS.paymentLeaseMs.
   * @param nowMs by Redis's clock, whatever this process's says: a look that comes late is a paid order that is lost
   */
  due(nowMs: number): Promise<BegunPayment[]>;
  /** Look again at a moment of Redis's clock, also if another worker saw its end meanwhile. */
  lookAgain(orderId: string, atMs: number): Promise<void>;
  /** Nothing is left to look after. @param paymentId as it was known on looking: after another one was noted, there is */
  noteEnded(orderId: string, paymentId: string | undefined): Promise<void>;
}

/** The real ones. */
export function begunPayments({ payments }: Pick<Models, 'payments'>): BegunPayments {
  return {
    async begin(orderId, lookAtMs) {
      const before = await payments.findOneAndUpdate(
        { _id: orderId },
        { $set: { ended: false }, $setOnInsert: { begunAt: new Date(), lookAt: new Date(lookAtMs), looks: 0 } },
        { upsert: true, returnDocument: 'before' },
      );
      return { again: before !== null, paymentId: before?.payment };
    },
    async note(orderId, paymentId) {
      await payments.updateOne({ _id: orderId }, { $set: { payment: paymentId, ended: false } });
    },
    async due(nowMs) {
      const taken: BegunPayment[] = [];
      while (taken.length < LIMITS.paymentsAtOnce) {
        const record = await payments
          .findOneAndUpdate(
            { ended: false, lookAt: { $lte: new Date(nowMs) } },
            { $set: { lookAt: new Date(nowMs + LIMITS.paymentLeaseMs) }, $inc: { looks: 1 } },
            { sort: { lookAt: 1 }, returnDocument: 'after' },
          )
          .lean();
        if (!record) break;
        taken.push({ orderId: record._id, paymentId: record.payment, looks: record.looks });
      }
      return taken;
    },
    async lookAgain(orderId, atMs) {
      await payments.updateOne({ _id: orderId }, { $set: { lookAt: new Date(atMs), ended: false } });
    },
    async noteEnded(orderId, paymentId) {
      await payments.updateOne({ _id: orderId, payment: paymentId ?? { $exists: false } }, { $set: { ended: true } });
    },
  };
}
