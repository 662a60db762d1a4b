import type { Alarms } from '#lib/alarms/index.ts';
import { backoffMs } from '#lib/backoff.ts';
import type { MoneyBack } from '#lib/contract.ts';
import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type { Payment, PaymentProvider } from '#lib/payments/provider.ts';

/** Voids and refunds that the shop owes, one per payment; its id is the provider's idempotency key. */
export interface Outbox {
  /** Write down that a payment must go back. A second time changes nothing. */
  owe(payment: Payment, reason: string): Promise<void>;
  /** Whether a payment goes back or has gone back: it can never pay again. */
  owes(paymentId: string): Promise<boolean>;
  /** Give one payment back, unless that is done. It is tried again later and later; after LIMITS.paymentAttempts somebody is told. */
  pay(paymentId: string): Promise<void>;
  /** For each of these orders of which money goes back or has gone back: whether that is done. */
  ofOrders(orderIds: string[]): Promise<Map<string, MoneyBack>>;
  /** Payments whose next try is due, at most LIMITS.inboxBatch. */
  pending(): Promise<string[]>;
}

/** The real outbox. */
export function outbox(
  { refunds }: Pick<Models, 'refunds'>,
  provider: PaymentProvider,
  alarms: Pick<Alarms, 'raise'>,
): Outbox {
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

    async pay(paymentId) {
      const owed = await refunds
        .findOneAndUpdate({ _id: paymentId, status: 'PENDING' }, { $inc: { attempts: 1 } }, { returnDocument: 'after' })
        .lean();
      if (!owed) return;
      const { orderId, amount, currency, attempts } = owed;
      await refunds.updateOne({ _id: paymentId }, { $set: { tryAt: new Date(Date.now() + backoffMs(attempts)) } });
      if (attempts > LIMITS.paymentAttempts)
        await alarms.raise('refundStuck', paymentId, `could not be given back ${attempts - 1} times`);
      crashPoint('before_refund');
      const payment = { paymentId, orderId, amount, currency };
      if ((await provider.void(payment)) === 'captured') await provider.refund(payment);
      crashPoint('after_refund');
      await refunds.updateOne({ _id: paymentId }, { $set: { status: 'DONE', doneAt: new Date() } });
    },

    async ofOrders(orderIds) {
      const rows = await refunds.find({ orderId: { $in: orderIds } }, { orderId: 1, status: 1 }).lean();
      const found = new Map<string, MoneyBack>(rows.map(({ orderId }) => [orderId, 'done']));
      for (const { orderId, status } of rows) if (status === 'PENDING') found.set(orderId, 'pending');
      return found;
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
