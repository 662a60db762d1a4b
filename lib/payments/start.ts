import type { PayHere } from '#lib/contract.ts';
import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { extend, fresh, type Order } from '#lib/orders/index.ts';
import type { BegunPayments } from '#lib/payments/begun.ts';
import type { Payments } from '#lib/payments/process.ts';
import type { Payment } from '#lib/payments/provider.ts';

export type Started =
  | { status: 'started'; payment: Payment; pay: PayHere; deadlineMs: number; nowMs: number }
  | { status: 'saleNotReady' }
  /** The provider takes no such sum or currency: the order can only be let go, or run out. */
  | { status: 'impossible' }
  | { status: 'ended'; order: Order };

/** What starting needs beside what settling needs. */
export interface Counter extends Payments {
  begun: BegunPayments;
  /** Unix ms by Redis's clock, by which deadlines are. @throws when Redis cannot be asked */
  redisNowMs(): Promise<number>;
}

/**
 * A shopper starts to pay: the provider is asked to begin a payment, or to go on with the one it has, and the hold gets its
 * one extension for paying. A provider that is down costs nothing: the hold stays as it is, and the same call may be
 * repeated under the same key. A payment that went back while the hold goes on (another sum than the order's) is followed by
 * another one.
 * @throws when the provider, Redis or MongoDB cannot be asked
 */
export async function start(counter: Counter, order: Order, returnUrl: string): Promise<Started> {
  const lost = await counter.outbox.ofHold(order.orderId); // before the order: a look at the ended one then knows as many
  const current = await fresh(counter, order);
  if (current.status !== 'RESERVED') return { status: 'ended', order: current };
  const { orderId, total, currency } = current;
  const before = await counter.begun.begin(orderId, firstLookMs(await counter.redisNowMs(), current.deadlineMs));
  const begun = await counter.provider.authorise({ orderId, total, currency, returnUrl, ...before, lost });
  if (begun.status === 'refused') {
    log().error({ orderId, total, currency, why: begun.why }, 'the payment provider cannot take this order’s money');
    await counter.begun.noteEnded(orderId, before.paymentId);
    return { status: 'impossible' };
  }
  const { payment, pay } = begun;
  crashPoint('after_authorise');
  await counter.begun.note(orderId, payment.paymentId);
  const extended = await extend(counter, current, 'paying');
  if (extended.status === 'saleNotReady' || extended.status === 'ended') return extended;
  return { status: 'started', payment, pay, deadlineMs: extended.deadlineMs, nowMs: extended.nowMs };
}

/** Shortly before the deadline, or half-way to it when that is near; by Redis's clock, as the deadline is. */
function firstLookMs(nowMs: number, deadlineMs: number): number {
  return Math.max(deadlineMs - LIMITS.lookBeforeMs, (nowMs + deadlineMs) / 2);
}
