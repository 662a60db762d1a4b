import { type AlarmKind, type Alarms, alarmId } from '#lib/alarms/index.ts';
import { log } from '#lib/log.ts';
import type { Order } from '#lib/orders/index.ts';
import { giveBack } from '#lib/payments/give-back.ts';
import type { Till } from '#lib/payments/settle.ts';

/**
 * What a human decides about a PAID order's money. Whatever it is, the order stays PAID and its units sold: to sell such a
 * unit again, mint a new one.
 */
export type Decided = { status: 'done' } | { status: 'notPaid' | 'notCaptured' | 'captured' };

/** What a human works through: settle's things, and alarms that can be closed. */
export interface Hand extends Till {
  alarms: Alarms;
}

/** Alarms that say that a PAID order's money could not be taken. */
const OF_CAPTURE: AlarmKind[] = ['captureFailed', 'captureStuck'];

/**
 * Give the money of a PAID order back: refunded where it was captured; where it could not be, nobody tries to take it any more,
 * and what is still set aside is let go. Safe to repeat.
 * @param note why, for the books
 * @returns notCaptured while the shop is still taking the money by itself
 */
export async function refund(hand: Hand, order: Order, note: string): Promise<Decided> {
  const { orderId, payment: paymentId, total: amount, currency } = order;
  if (order.status !== 'PAID' || !paymentId) return { status: 'notPaid' };
  if (!order.captured && !(await isAlarmed(hand, orderId))) return { status: 'notCaptured' };
  await hand.outbox.owe({ paymentId, orderId, amount, currency }, `admin: ${note}`);
  if (!order.captured) await hand.orders.noteCapture(orderId, 'impossible');
  await giveBack(hand, paymentId).catch((err: unknown) => log().warn({ err, paymentId }, 'refund waits in the outbox'));
  await closeAlarms(hand, orderId, `given back: ${note}`);
  return { status: 'done' };
}

/**
 * Try no more to take the money of a PAID order: it was settled in another way, or is written off. What the provider still sets
 * aside lapses there. Safe to repeat.
 * @param note how it was settled
 * @returns notCaptured while the shop is still taking the money by itself; captured when it has it
 */
export async function giveUp(hand: Hand, order: Order, note: string): Promise<Decided> {
  const { orderId } = order;
  if (order.status !== 'PAID') return { status: 'notPaid' };
  if (order.captured) return { status: 'captured' };
  if (!(await isAlarmed(hand, orderId))) return { status: 'notCaptured' };
  await hand.orders.noteCapture(orderId, 'impossible');
  await closeAlarms(hand, orderId, note);
  return { status: 'done' };
}

/** The money of a PAID order is with the shop, or nobody waits for it any more. */
export async function closeAlarms({ alarms }: Pick<Hand, 'alarms'>, orderId: string, note: string): Promise<void> {
  for (const kind of OF_CAPTURE) await alarms.close(alarmId(kind, orderId), note);
}

async function isAlarmed({ alarms }: Hand, orderId: string): Promise<boolean> {
  for (const kind of OF_CAPTURE) if (await alarms.raised(kind, orderId)) return true;
  return false;
}
