import type { PayHere } from '#lib/contract.ts';
import { crashPoint } from '#lib/crash.ts';
import { LIMITS } from '#lib/limits.ts';
import { extend, fresh, type Order } from '#lib/orders/index.ts';
import type { BegunPayments } from '#lib/payments/begun.ts';
import type { Payments } from '#lib/payments/process.ts';
import type { Payment } from '#lib/payments/provider.ts';

export type Started =
  | { status: 'started'; payment: Payment; pay: PayHere; deadlineMs: number; nowMs: number }
  | { status: 'saleNotReady' }
  | { status: 'ended'; order: Order };

/** What starting needs beside what settling needs. */
export interface Counter extends Payments {
  begun: BegunPayments;
}

/**
 * A shopper starts to pay: the provider is asked to begin a payment, or to go on with the one it has, and the hold gets its
 * one extension for paying. A provider that is down costs nothing: the hold stays as it is, and the same call may be
 * repeated under the same key.
 * @throws when the provider, Redis or MongoDB cannot be asked
 */
export async function start(counter: Counter, order: Order, returnUrl: string): Promise<Started> {
  const current = await fresh(counter, order);
  if (current.status !== 'RESERVED') return { status: 'ended', order: current };
  const { orderId, total, currency } = current;
  await counter.begun.begin(orderId, firstLookMs(Date.now(), current.deadlineMs));
  const { payment, pay } = await counter.provider.authorise({ orderId, total, currency, returnUrl });
  crashPoint('after_authorise');
  await counter.begun.note(orderId, payment.paymentId);
  const extended = await extend(counter, current, 'paying');
  if (extended.status === 'saleNotReady' || extended.status === 'ended') return extended;
  return { status: 'started', payment, pay, deadlineMs: extended.deadlineMs, nowMs: extended.nowMs };
}

/** Shortly before the deadline, or half-way to it when that is near; by this process's clock, which decides nothing. */
function firstLookMs(nowMs: number, deadlineMs: number): number {
  return Math.max(deadlineMs - LIMITS.lookBeforeMs, (nowMs + deadlineMs) / 2);
}
