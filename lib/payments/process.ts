import { crashPoint } from '#lib/crash.ts';
import { pages } from '#lib/orders/index.ts';
import type { Inbox } from '#lib/payments/inbox.ts';
import type { PaymentEvent } from '#lib/payments/provider.ts';
import { capture, type Settled, settle, type Till } from '#lib/payments/settle.ts';

/** What the payment verbs work through. */
export interface Payments extends Till {
  inbox: Inbox;
}

/** Store a verified event and, unless that is done, let it decide its order. @throws when it must be tried again */
export async function receive(payments: Payments, event: PaymentEvent): Promise<'stored before' | Settled> {
  const stored = await payments.inbox.store(event);
  crashPoint('after_inbox');
  return stored.done ? 'stored before' : process(payments, stored.event);
}

/** Settle a stored event and note its outcome. Safe to repeat; throws when it must be tried again. */
export async function process(payments: Payments, event: PaymentEvent): Promise<Settled> {
  const settled = await settle(payments, event);
  await payments.inbox.noteDone(event.eventId, settled.status === 'lost' ? `lost: ${settled.why}` : settled.status);
  return settled;
}

/**
 * Do again what was interrupted and is due: events not settled, money owed, PAID orders not captured. Any number of workers may.
 * @returns how many of each were taken up, and the errors met on the way
 */
export async function redo(
  payments: Payments,
): Promise<{ events: number; refunds: number; captures: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const attempt = async (work: () => Promise<unknown>) => work().catch((error: unknown) => void errors.push(error));
  const events = await payments.inbox.waiting();
  for (const event of events) await attempt(() => process(payments, event));
  const refunds = await payments.outbox.pending();
  for (const paymentId of refunds) await attempt(() => payments.outbox.pay(paymentId));
  let captures = 0;
  for await (const orders of pages(payments.orders, { saleId: null, status: 'PAID', uncaptured: true })) {
    for (const order of orders) {
      if (!order.payment) continue;
      captures += 1;
      const error = await capture(payments, order, order.payment);
      if (error) errors.push(error);
    }
  }
  return { events: events.length, refunds: refunds.length, captures, errors };
}
