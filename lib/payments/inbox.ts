import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models, PaymentEventRecord } from '#lib/mongo/models.ts';
import { pages } from '#lib/orders/index.ts';
import type { PaymentEvent } from '#lib/payments/provider.ts';
import { capture, type Settled, settle, type Till } from '#lib/payments/settle.ts';

/** What the payment verbs work through. */
export interface Payments extends Till {
  paymentEvents: Models['paymentEvents'];
}

/** How long a fresh event is left to whoever received it before a worker takes it up. */
const TAKE_UP_AFTER_MS = 2_000;

/**
 * Store a verified event, once. What is stored first under an event id is what counts.
 * @returns the stored event and whether it has been settled before
 */
export async function store(
  { paymentEvents }: Pick<Payments, 'paymentEvents'>,
  event: PaymentEvent,
): Promise<{ event: PaymentEvent; done: boolean }> {
  const { eventId, ...fields } = event;
  const record = await paymentEvents
    .findOneAndUpdate(
      { _id: eventId },
      { $setOnInsert: { ...fields, receivedAt: new Date(), done: false, attempts: 0 } },
      { upsert: true, returnDocument: 'after' },
    )
    .lean<PaymentEventRecord>();
  crashPoint('after_inbox');
  return { event: toEvent(record!), done: record!.done };
}

/** Settle a stored event and note its outcome. Safe to repeat; throws when it must be tried again. */
export async function process(payments: Payments, event: PaymentEvent): Promise<Settled> {
  const settled = await settle(payments, event);
  const outcome = settled.status === 'lost' ? `lost: ${settled.why}` : settled.status;
  await payments.paymentEvents.updateOne({ _id: event.eventId }, { $set: { done: true, outcome } });
  return settled;
}

/**
 * Do again what was interrupted: events not settled, money owed, PAID orders not captured. Any number of workers may.
 * @returns how many of each were taken up, and the errors met on the way
 */
export async function redo(
  payments: Payments,
): Promise<{ events: number; refunds: number; captures: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((error: unknown) => void errors.push(error));
  const waiting = await payments.paymentEvents
    .find({ done: false, receivedAt: { $lt: new Date(Date.now() - TAKE_UP_AFTER_MS) } })
    .sort({ receivedAt: 1 })
    .limit(LIMITS.inboxBatch)
    .lean<PaymentEventRecord[]>();
  for (const record of waiting) {
    await attempt(async () => {
      await payments.paymentEvents.updateOne({ _id: record._id }, { $inc: { attempts: 1 } });
      await process(payments, toEvent(record));
    });
  }
  const refunds = (await attempt(() => payments.outbox.payAll())) ?? 0;
  let captures = 0;
  for await (const orders of pages(payments.orders, { saleId: null, status: 'PAID', uncaptured: true })) {
    for (const order of orders) {
      if (!order.payment) continue;
      captures += 1;
      await attempt(() => capture(payments, order, { paymentId: order.payment! }));
    }
  }
  return { events: waiting.length, refunds, captures, errors };
}

function toEvent({ _id, type, paymentId, orderId, amount, currency }: PaymentEventRecord): PaymentEvent {
  return { eventId: _id, type, paymentId, orderId, amount, currency };
}
