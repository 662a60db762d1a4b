import type { Violation } from '#lib/audit/violation.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** At most this many of one kind are named. */
const NAMED = 20;

/** What is left undone (I11) and what was done twice (I9), whatever the sale. */
export async function auditMoney({ models, env }: HoldfastProcess): Promise<Violation[]> {
  const late = new Date(Date.now() - env.SWEEP_SECONDS * 1_000);
  const [events, refunds, overdue, twice] = await Promise.all([
    models.paymentEvents
      .find({ done: false, receivedAt: { $lt: late } }, { _id: 1 })
      .limit(NAMED)
      .lean(),
    models.refunds
      .find({ status: 'PENDING', underWay: { $ne: true }, createdAt: { $lt: late } }, { _id: 1 })
      .limit(NAMED)
      .lean(),
    models.orders
      .find({ status: 'RESERVED', deadline: { $lt: late } }, { _id: 1 })
      .limit(NAMED)
      .lean(),
    models.orders.aggregate<{ _id: { customer: string; key: string }; orders: string[] }>([
      { $match: { key: { $type: 'string' } } },
      { $group: { _id: { customer: '$customer', key: '$key' }, orders: { $push: '$_id' } } },
      { $match: { 'orders.1': { $exists: true } } },
      { $limit: NAMED },
    ]),
  ]);
  return [
    ...events.map(
      ({ _id }): Violation => ({ invariant: 'I11', what: `payment event ${_id} is not processed`, atOnce: false }),
    ),
    ...refunds.map(
      ({ _id }): Violation => ({ invariant: 'I11', what: `payment ${_id} is not given back`, atOnce: false }),
    ),
    ...overdue.map(
      ({ _id }): Violation => ({ invariant: 'I11', what: `order ${_id} is RESERVED past its deadline`, atOnce: false }),
    ),
    ...twice.map(
      ({ orders }): Violation => ({
        invariant: 'I9',
        what: `one idempotency key made the orders ${orders.join(', ')}`,
        atOnce: true,
      }),
    ),
  ];
}
