import type { Alarms } from '#lib/alarms/index.ts';
import { crashPoint } from '#lib/crash.ts';
import { UnsettledError } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { cancel, expire, follow, type Order, type Shop } from '#lib/orders/index.ts';
import type { Outbox } from '#lib/payments/outbox.ts';
import type { PaymentEvent, PaymentProvider } from '#lib/payments/provider.ts';

/** What settle works through: the shop, who holds the money, and who gives it back. */
export interface Till extends Shop {
  provider: PaymentProvider;
  outbox: Outbox;
  alarms: Pick<Alarms, 'raise'>;
  /** What follows from PAID outside of stock and money: its cart is closed, it gets its delivery details. Safe to repeat. */
  afterPaid(order: Order): Promise<void>;
}

/** How an event decided its order. `lost`: the money goes back. `kept`: the hold goes on. */
export type Settled =
  | { status: 'paid' | 'cancelled'; order: Order }
  | { status: 'lost'; order: Order | undefined; why: 'ended' | 'mismatch' | 'unknownOrder' }
  | { status: 'kept' };

/** How often the deadline is looked at again when it moved between a look and the step that relied on it. */
const LOOKS = 3;

/**
 * Let a verified and stored payment event decide its order. Any number of calls for one event, in any order with other
 * events and expiries, end the same: one PAID or CANCELLED, and every payment that lost is given back once.
 * @throws when Redis or MongoDB cannot be asked; the event then stays in the inbox
 */
export async function settle(till: Till, event: PaymentEvent): Promise<Settled> {
  const order = await till.orders.find(event.orderId);
  if (order?.status === 'PAID' && order.payment === event.paymentId) return finish(till, order, event);
  switch (event.type) {
    case 'payment.authorized':
    case 'payment.captured':
      return order ? authorized(till, order, event) : unknownOrder(till, event);
    case 'payment.failed':
      return order?.status === 'RESERVED' ? failed(till, order) : { status: 'kept' };
    default:
      return { status: 'kept' }; // declined, may retry: the hold goes on
  }
}

async function authorized(till: Till, order: Order, event: PaymentEvent): Promise<Settled> {
  if (await till.outbox.owes(event.paymentId)) return lose(till, order, event, 'ended');
  if (order.status === 'RESERVED' && (event.amount !== order.total || event.currency !== order.currency))
    return lose(till, order, event, 'mismatch');
  let current: Order | undefined = order;
  for (let look = 0; look < LOOKS && current?.status === 'RESERVED'; look++) {
    const { inTime, nowMs } = await lookAtDeadline(till, current);
    const won = inTime ? await till.orders.pay(order.orderId, event.paymentId, nowMs) : undefined;
    if (won) return finish(till, won, event);
    await expire(till, order.saleId, order.orderId); // past: expire first, then go by what MongoDB says
    current = await till.orders.find(order.orderId);
  }
  if (current?.status === 'PAID' && current.payment === event.paymentId) return finish(till, current, event);
  if (!current || current.status === 'RESERVED') throw new UnsettledError(`settling order ${order.orderId}`);
  return lose(till, current, event, 'ended');
}

/**
 * In time: the timer runs; or it is gone, as after a flush, while a deadline is still ahead. The fence holds then:
 * the order's tokens are nobody else's.
 */
async function lookAtDeadline({ inventory }: Till, order: Order): Promise<{ inTime: boolean; nowMs: number }> {
  const look = await inventory.readHold(order.saleId, order.orderId);
  const deadlineMs = Math.max(order.deadlineMs, look.status === 'held' ? look.hold.deadlineMs : 0);
  const { nowMs } = look;
  return { inTime: (look.status === 'held' && look.timerRuns) || deadlineMs > nowMs, nowMs };
}

/** The order is PAID: its tokens are sold, its cart is closed, its money is captured. Safe to repeat. */
async function finish(till: Till, order: Order, payment: PaymentEvent): Promise<Settled> {
  crashPoint('after_paid');
  await follow(till, order);
  if (!order.captured) await capture(till, order, payment.paymentId);
  return { status: 'paid', order };
}

/**
 * Take the money of a PAID order. Safe to repeat. The order is PAID whatever comes of it: what fails is tried again by a
 * worker, and what can never succeed is for a human to decide.
 * @returns the error that kept it from being captured now
 */
export async function capture(till: Till, order: Order, paymentId: string): Promise<unknown> {
  const { orderId, total: amount, currency } = order;
  try {
    await till.afterPaid(order);
    const outcome = await till.provider.capture({ paymentId, orderId, amount, currency });
    if (outcome === 'impossible')
      await till.alarms.raise('captureFailed', orderId, `${paymentId} of a PAID order can never be captured`);
    await till.orders.noteCapture(orderId, outcome);
    return undefined;
  } catch (error) {
    const attempts = await till.orders.noteCapture(orderId, 'failed').catch(() => 0);
    if (attempts === LIMITS.paymentAttempts)
      await till.alarms
        .raise('captureStuck', orderId, `${paymentId} could not be captured ${attempts} times`)
        .catch(() => {});
    return error;
  }
}

async function failed(till: Till, order: Order): Promise<Settled> {
  const ended = await cancel(till, order, 'PAYMENT_FAILED');
  return ended.status === 'PAID' ? { status: 'kept' } : { status: 'cancelled', order: ended };
}

/** A payment for an order that nobody knows: it shall never exist, and the money goes back. */
async function unknownOrder(till: Till, event: PaymentEvent): Promise<Settled> {
  const order = await till.orders.cancel(event.orderId, 'CONFLICT', Date.now(), { tombstone: { saleId: null } });
  if (order?.status === 'PAID' || order?.status === 'RESERVED') return settle(till, event);
  return lose(till, undefined, event, 'unknownOrder');
}

async function lose(
  till: Till,
  order: Order | undefined,
  event: PaymentEvent,
  why: 'ended' | 'mismatch' | 'unknownOrder',
): Promise<Settled> {
  await till.outbox.owe(event, why);
  if (why === 'mismatch')
    await till.alarms.raise(
      'paymentMismatch',
      event.paymentId,
      `${event.amount} ${event.currency} is not what its order costs`,
    );
  await till.outbox.pay(event.paymentId);
  return { status: 'lost', order, why };
}
