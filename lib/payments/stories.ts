import type { MoneyBack, MoneyBackCause } from '#lib/contract.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type { Order } from '#lib/orders/index.ts';

/** What may be told of an order's payments: what goes back and why, and whether more may still be heard of them. */
export interface PaymentStory {
  /** Money goes back or has gone back; null when none does. Of several payments, the one that is not done yet, else the newest. */
  moneyBack: MoneyBack | null;
  moneyBackCause: MoneyBackCause | null;
  /** A payment was begun, and the shop does not know its end yet: the order's story may go on by itself. */
  paymentOpen: boolean;
  /** The bank has declined the last try of a RESERVED order; the shopper may try again. */
  declined: boolean;
}

export interface PaymentStories {
  /** The stories of some orders, by their ids; every order of the list has one. */
  of(orders: readonly Order[]): Promise<Map<string, PaymentStory>>;
}

/** The real ones. A hold of which no payment was begun has none to tell, and MongoDB is not asked for it. */
export function paymentStories({
  refunds,
  payments,
  paymentEvents,
}: Pick<Models, 'refunds' | 'payments' | 'paymentEvents'>): PaymentStories {
  return {
    async of(orders) {
      const told = orders.filter(({ status, extensions }) => status !== 'RESERVED' || extensions.includes('paying'));
      const ids = told.map(({ orderId }) => orderId);
      const held = told.flatMap(({ status, orderId }) => (status === 'RESERVED' ? [orderId] : []));
      const [owed, open, events] = await Promise.all([
        ids.length === 0
          ? []
          : refunds
              .find({ orderId: { $in: ids } }, { orderId: 1, status: 1, reason: 1 })
              .sort({ createdAt: 1 })
              .lean(),
        ids.length === 0 ? [] : payments.find({ _id: { $in: ids }, ended: false }, { _id: 1 }).lean(),
        held.length === 0
          ? []
          : paymentEvents
              .find({ orderId: { $in: held } }, { orderId: 1, type: 1 })
              .sort({ receivedAt: -1 })
              .limit(LIMITS.inboxBatch)
              .lean(),
      ]);
      const story = (order: Order): PaymentStory => {
        const rows = owed.filter(({ orderId }) => orderId === order.orderId);
        const row = rows.find(({ status }) => status === 'PENDING') ?? rows.at(-1);
        return {
          moneyBack: row ? (row.status === 'PENDING' ? 'pending' : 'done') : null,
          moneyBackCause: row ? causeOf(row.reason, order) : null,
          paymentOpen: open.some(({ _id }) => _id === order.orderId),
          declined: events.find(({ orderId }) => orderId === order.orderId)?.type === 'payment.declined',
        };
      };
      return new Map(orders.map((order) => [order.orderId, story(order)]));
    },
  };
}

/** @param reason why the outbox owes it */
function causeOf(reason: string, { status }: Order): MoneyBackCause {
  if (reason === 'outside' || reason.startsWith('admin:')) return 'merchant';
  if (reason === 'mismatch') return 'wrongAmount';
  return status === 'PAID' ? 'secondPayment' : 'late';
}
