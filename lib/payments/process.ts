import pLimit from 'p-limit';
import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import { pages } from '#lib/orders/index.ts';
import { giveBack } from '#lib/payments/give-back.ts';
import type { Inbox } from '#lib/payments/inbox.ts';
import type { PaymentEvent } from '#lib/payments/provider.ts';
import { capture, decide, moveMoney, type Settled, type Till } from '#lib/payments/settle.ts';

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

/** Settle a stored event and note its outcome. Safe to repeat; throws when it, or the money that follows, must be tried again. */
export async function process(payments: Payments, event: PaymentEvent): Promise<Settled> {
  const settled = await decideStored(payments, event);
  await moveMoney(payments, settled, event);
  return settled;
}

/** An event of the other mode (test or live) than the shop's: it decides nothing, but a human is told, in the log and by an alarm. */
export function tellOtherMode(
  { alarms }: Pick<Payments, 'alarms'>,
  { eventId, orderId }: { eventId: string; orderId: string },
): Promise<void> {
  return alarms.raise('otherMode', orderId, `${eventId} is of the other mode (test or live) than the shop's key`);
}

async function decideStored(payments: Payments, event: PaymentEvent): Promise<Settled> {
  const settled = await decide(payments, event);
  await payments.inbox.noteDone(event.eventId, settled.status === 'lost' ? `lost: ${settled.why}` : settled.status);
  return settled;
}

/**
 * Do again what was interrupted and is due: events not settled, money owed, PAID orders not captured. Any number of workers may.
 * Orders are decided first, since holds run out; then the provider is asked, which may take its time.
 * @returns how many of each were taken up, and the errors met on the way
 */
export async function redo(
  payments: Payments,
): Promise<{ events: number; refunds: number; captures: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const attempt = (work: () => Promise<unknown>) => work().catch((error: unknown) => void errors.push(error));
  const limit = pLimit(LIMITS.paymentsAtOnce);
  const events = await payments.inbox.waiting();
  await limit.map(events, (event) => attempt(() => decideStored(payments, event)));
  const refunds = await payments.outbox.pending();
  await limit.map(refunds, (paymentId) => attempt(() => giveBack(payments, paymentId)));
  let captures = 0;
  for await (const orders of pages(payments.orders, { saleId: null, status: 'PAID', uncaptured: true })) {
    const paid = orders.flatMap((order) => (order.payment ? [{ order, payment: order.payment }] : []));
    captures += paid.length;
    const failures = await limit.map(paid, ({ order, payment }) => capture(payments, order, payment));
    errors.push(...failures.filter(Boolean));
  }
  return { events: events.length, refunds: refunds.length, captures, errors };
}
