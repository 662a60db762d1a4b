import { backoffMs } from '#lib/backoff.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Order } from '#lib/orders/index.ts';
import type { BegunPayment } from '#lib/payments/begun.ts';
import { receive } from '#lib/payments/process.ts';
import type { Payment, Standing } from '#lib/payments/provider.ts';
import type { Counter } from '#lib/payments/start.ts';

/**
 * Ask the provider about payments that were begun and of whose end nobody has told: shortly before the deadline, so that a
 * paid order is not lost with its webhook; and after the order's end, so that no money stays set aside and nobody can pay
 * any more. Any number of workers may.
 * @returns how many were looked at, and the errors met on the way
 */
export async function lookAfter(counter: Counter): Promise<{ looks: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const due = await counter.begun.due();
  for (const begun of due) {
    try {
      await look(counter, begun);
    } catch (error) {
      errors.push(error);
      await later(counter, begun).catch(() => {}); // its lease runs out, and it is due again
    }
  }
  return { looks: due.length, errors };
}

/** A provider that can never say what became of a payment is not asked for ever. */
async function later({ begun, alarms }: Counter, { orderId, looks }: BegunPayment): Promise<void> {
  if (looks < LIMITS.paymentLooks) return begun.lookAgain(orderId, Date.now() + backoffMs(looks));
  await alarms.raise('paymentUnknown', orderId, `the provider could not be asked about its payment ${looks} times`);
  await begun.noteEnded(orderId);
}

async function look(counter: Counter, { orderId, paymentId, looks }: BegunPayment): Promise<void> {
  const order = await counter.orders.find(orderId);
  const found = await counter.provider.lookup({ orderId, paymentId });
  const standing = found?.standing ?? 'unknown';
  switch (standing) {
    case 'authorized':
    case 'captured':
    case 'failed':
      await receive(counter, toEvent(found!, standing));
      return counter.begun.noteEnded(orderId);
    case 'voided':
    case 'refunded':
      return counter.begun.noteEnded(orderId);
    case 'open':
      return order?.status === 'RESERVED' ? again(counter, order, looks) : close(counter, found!);
    case 'unknown':
      if (order?.status === 'RESERVED') return again(counter, order, looks);
      return order ? bury(counter, order) : counter.begun.noteEnded(orderId);
    default:
      return standing satisfies never;
  }
}

/** Once more just before the deadline; when that is over, now and then. */
async function again({ begun }: Counter, { orderId, deadlineMs }: Order, looks: number): Promise<void> {
  const now = Date.now();
  const before = [deadlineMs - LIMITS.lookBeforeMs, deadlineMs - LIMITS.lastLookBeforeMs].find((at) => at > now);
  await begun.lookAgain(orderId, before ?? Math.max(deadlineMs, now + backoffMs(looks)));
}

/** The order has ended and its payment has not: it is ended too, before somebody pays for nothing. */
async function close({ provider, begun }: Counter, payment: Payment): Promise<void> {
  const outcome = await provider.void(payment);
  if (outcome === 'voided') await begun.noteEnded(payment.orderId); // captured meanwhile: the next look finds it so
}

/**
 * The order has ended, and the provider knows no payment of it; but the request that begins one may still be on its way.
 * So it is begun here, under the same key, and ended: whoever comes later gets the ended one. A tombstone, as for an order.
 */
async function bury(counter: Counter, { orderId, total, currency }: Order): Promise<void> {
  const { payment } = await counter.provider.authorise({ orderId, total, currency });
  await close(counter, payment);
}

/** What the provider's books say, as the event that should have come. */
function toEvent({ paymentId, orderId, amount, currency }: Payment, standing: Standing) {
  const eventId = `look:${paymentId}:${standing}`;
  return { eventId, type: `payment.${standing}`, paymentId, orderId, amount, currency };
}
