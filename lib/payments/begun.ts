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
  /** A payment of this order begins. @param lookAtMs when to look after it, unix ms; a second time changes nothing */
  begin(orderId: string, lookAtMs: number): Promise<void>;
  /** The provider has answered: there is something to look after, also if nobody thought so any more. */
  note(orderId: string, paymentId: string): Promise<void>;
  /** Take up what is due, at most LIMITS.inboxBatch; another worker leaves it alone for LIMITS.paymentLeaseMs. */
  due(): Promise<BegunPayment[]>;
  /** Look again at a moment, unix ms. */
  lookAgain(orderId: string, atMs: number): Promise<void>;
  /** Nothing is left to look after. */
  noteEnded(orderId: string): Promise<void>;
}

/** The real ones. */
export function begunPayments({ payments }: Pick<Models, 'payments'>): BegunPayments {
  return {
    async begin(orderId, lookAtMs) {
      await payments.updateOne(
        { _id: orderId },
        { $setOnInsert: { begunAt: new Date(), lookAt: new Date(lookAtMs), looks: 0, ended: false } },
        { upsert: true },
      );
    },
    async note(orderId, paymentId) {
      await payments.updateOne({ _id: orderId }, { $set: { payment: paymentId, ended: false } });
    },
    async due() {
      const taken: BegunPayment[] = [];
      while (taken.length < LIMITS.inboxBatch) {
        const now = Date.now();
        const record = await payments
          .findOneAndUpdate(
            { ended: false, lookAt: { $lte: new Date(now) } },
            { $set: { lookAt: new Date(now + LIMITS.paymentLeaseMs) }, $inc: { looks: 1 } },
            { sort: { lookAt: 1 }, returnDocument: 'after' },
          )
          .lean();
        if (!record) break;
        taken.push({ orderId: record._id, paymentId: record.payment, looks: record.looks });
      }
      return taken;
    },
    async lookAgain(orderId, atMs) {
      await payments.updateOne({ _id: orderId, ended: false }, { $set: { lookAt: new Date(atMs) } });
    },
    async noteEnded(orderId) {
      await payments.updateOne({ _id: orderId }, { $set: { ended: true } });
    },
  };
}
