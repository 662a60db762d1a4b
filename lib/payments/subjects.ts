import type { AlarmSubject } from '#lib/contract.ts';
import type { AlarmRecord, Models } from '#lib/mongo/models.ts';

/**
 * What alarms are about, as far as money goes, by the alarms' ids: whose order, which payment, what sum, tried how often.
 * An alarm whose order or payment is not on record has none.
 */
export async function alarmSubjects(
  { orders, payments, refunds, paymentEvents }: Pick<Models, 'orders' | 'payments' | 'refunds' | 'paymentEvents'>,
  alarms: readonly Pick<AlarmRecord, '_id' | 'kind' | 'subject'>[],
): Promise<Map<string, AlarmSubject>> {
  const ids = { $in: alarms.map(({ subject }) => subject) };
  const [ofOrders, begun, owed, events] = await Promise.all([
    orders.find({ _id: ids }, { total: 1, currency: 1, payment: 1, captureAttempts: 1 }).lean(),
    payments.find({ _id: ids }, { payment: 1, looks: 1 }).lean(),
    refunds.find({ _id: ids }, { orderId: 1, amount: 1, currency: 1, attempts: 1 }).lean(),
    paymentEvents.find({ _id: ids }, { orderId: 1, paymentId: 1, amount: 1, currency: 1, attempts: 1 }).lean(),
  ]);
  const of = <Row extends { _id: string }>(rows: Row[], id: string) => rows.find(({ _id }) => _id === id);
  const subjectOf = ({ kind, subject }: Pick<AlarmRecord, 'kind' | 'subject'>): AlarmSubject | undefined => {
    switch (kind) {
      case 'captureFailed':
      case 'captureStuck':
      case 'refundedOutside': {
        const order = of(ofOrders, subject);
        if (!order) return undefined;
        const { _id: orderId, total: amount, currency, payment: paymentId = null, captureAttempts = 0 } = order;
        return { orderId, paymentId, amount, currency, tries: captureAttempts + (kind === 'captureFailed' ? 1 : 0) };
      }
      case 'paymentUnknown': {
        const order = of(ofOrders, subject);
        const { payment: paymentId = null, looks: tries = 0 } = of(begun, subject) ?? {};
        return order && { orderId: subject, paymentId, amount: order.total, currency: order.currency, tries };
      }
      case 'refundStuck':
      case 'paymentMismatch': {
        const row = of(owed, subject);
        if (!row) return undefined;
        const { _id: paymentId, orderId, amount, currency, attempts: tries } = row;
        return { orderId, paymentId, amount, currency, tries };
      }
      case 'eventStuck': {
        const event = of(events, subject);
        if (!event) return undefined;
        const { orderId, paymentId, amount, currency, attempts: tries } = event;
        return { orderId, paymentId, amount, currency, tries };
      }
      case 'otherMode': // no money of the shop's: the order has nothing to do with it
        return undefined;
      default:
        return kind satisfies never;
    }
  };
  return new Map(
    alarms.flatMap((alarm) => {
      const found = subjectOf(alarm);
      return found ? [[alarm._id, found] as const] : [];
    }),
  );
}
