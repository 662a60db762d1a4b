import { backoffMs } from '#lib/backoff.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type { Payment } from '#lib/payments/provider.ts';

/** A payment that must go back. `attempts`: tries so far, this one included. */
export interface Owed extends Payment {
  attempts: number;
}

/** Voids and refunds that the shop owes, one per payment; its id is the provider's idempotency key. `giveBack` pays them. */
export interface Outbox {
  /** Write down that a payment must go back. A second time changes nothing. */
  owe(payment: Payment, reason: string): Promise<void>;
  /** Whether a payment goes back or has gone back: it can never pay again. */
  owes(paymentId: string): Promise<boolean>;
  /** The payments of an order that went back though it was still held, oldest first, at most LIMITS.inboxBatch: it is paid by another. */
  ofHold(orderId: string): Promise<string[]>;
  /** Begin a try to give a payment back; the next one is due later and later. @returns undefined when none is owed, or it has gone back */
  takeUp(paymentId: string): Promise<Owed | undefined>;
  /** The payment has gone back. */
  noteDone(paymentId: string): Promise<void>;
  /** The provider is giving it back: it is asked again after LIMITS.refundPendingMs, and that counts as no try. */
  notePending(paymentId: string): Promise<void>;
  /** A payment that had gone back is owed again. @returns whether it was on record as gone back */
  oweAgain(paymentId: string): Promise<boolean>;
  /** Payments whose next try is due, at most LIMITS.inboxBatch. */
  pending(): Promise<string[]>;
}

/** Why a payment goes back whose order goes on: another sum, or somebody gave it back at the provider. */
export const WHILE_HELD = ['mismatch', 'outside'];

/** The real outbox. */
export function outbox({ refunds }: Pick<Models, 'refunds'>): Outbox {
  return {
    async owe({ paymentId, orderId, amount, currency }, reason) {
      const now = new Date();
      const fields = { orderId, amount, currency, reason, status: 'PENDING' as const, attempts: 0 };
      await refunds.updateOne(
        { _id: paymentId },
        { $setOnInsert: { ...fields, createdAt: now, tryAt: now } },
        { upsert: true },
      );
    },

    owes: async (paymentId) => (await refunds.exists({ _id: paymentId })) !== null,

    async ofHold(orderId) {
      const rows = await refunds
        .find({ orderId, reason: { $in: WHILE_HELD } }, { _id: 1 })
        .sort({ createdAt: 1 })
        .limit(LIMITS.inboxBatch)
        .lean();
      return rows.map(({ _id }) => _id);
    },

    async takeUp(paymentId) {
      const owed = await refunds
        .findOneAndUpdate(
          { _id: paymentId, status: 'PENDING' },
          { $inc: { attempts: 1 }, $unset: { underWay: 1 } },
          { returnDocument: 'after' },
        )
        .lean();
      if (!owed) return undefined;
      const { orderId, amount, currency, attempts } = owed;
      await refunds.updateOne({ _id: paymentId }, { $set: { tryAt: new Date(Date.now() + backoffMs(attempts)) } });
      return { paymentId, orderId, amount, currency, attempts };
    },

    async noteDone(paymentId) {
      await refunds.updateOne({ _id: paymentId }, { $set: { status: 'DONE', doneAt: new Date() } });
    },

    async notePending(paymentId) {
      const tryAt = new Date(Date.now() + LIMITS.refundPendingMs);
      await refunds.updateOne({ _id: paymentId, status: 'PENDING' }, { $set: { underWay: true, attempts: 0, tryAt } });
    },

    async oweAgain(paymentId) {
      const set = { status: 'PENDING' as const, tryAt: new Date() };
      const owed = await refunds.updateOne({ _id: paymentId }, { $set: set, $unset: { underWay: 1, doneAt: 1 } });
      return owed.matchedCount === 1;
    },

    async pending() {
      const owed = await refunds
        .find({ status: 'PENDING', tryAt: { $lte: new Date() } }, { _id: 1 })
        .sort({ tryAt: 1 })
        .limit(LIMITS.inboxBatch)
        .lean();
      return owed.map(({ _id }) => _id);
    },
  };
}
