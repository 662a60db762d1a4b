import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type { PaymentEvent, PaymentProvider } from '#lib/payments/provider.ts';

/** Voids and refunds that the shop owes, one per payment; its id is the provider's idempotency key. */
export interface Outbox {
  /** Write down that a payment must go back. A second time changes nothing. */
  owe(event: PaymentEvent, reason: string): Promise<void>;
  /** Whether a payment goes back or has gone back: it can never pay again. */
  owes(paymentId: string): Promise<boolean>;
  /** Give one payment back, unless that is done. */
  pay(paymentId: string): Promise<void>;
  /** Try all that is pending, oldest first. @returns how many were tried */
  payAll(): Promise<number>;
}

/** The real outbox. */
export function outbox({ refunds }: Pick<Models, 'refunds'>, provider: PaymentProvider): Outbox {
  const pay = async (paymentId: string) => {
    const owed = await refunds
      .findOneAndUpdate({ _id: paymentId, status: 'PENDING' }, { $inc: { attempts: 1 } })
      .lean();
    if (!owed) return;
    const { orderId, amount, currency } = owed;
    await provider.giveBack({ paymentId, orderId, amount, currency });
    await refunds.updateOne({ _id: paymentId }, { $set: { status: 'DONE', doneAt: new Date() } });
  };
  return {
    async owe({ paymentId, orderId, amount, currency }, reason) {
      await refunds.updateOne(
        { _id: paymentId },
        { $setOnInsert: { orderId, amount, currency, reason, status: 'PENDING', attempts: 0, createdAt: new Date() } },
        { upsert: true },
      );
    },
    owes: async (paymentId) => (await refunds.exists({ _id: paymentId })) !== null,
    pay,
    async payAll() {
      const owed = await refunds
        .find({ status: 'PENDING' }, { _id: 1 })
        .sort({ createdAt: 1 })
        .limit(LIMITS.inboxBatch)
        .lean();
      for (const { _id } of owed) await pay(_id);
      return owed.length;
    },
  };
}
