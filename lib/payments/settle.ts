import { crashPoint } from '#lib/crash.ts';
import { UnsettledError } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { cancel, expire, follow, type Order, type Shop } from '#lib/orders/index.ts';
import { giveBack, type Purse } from '#lib/payments/give-back.ts';
import type { PaymentEvent } from '#lib/payments/provider.ts';

/** What settle works through: the shop, who holds the money, and who gives it back. */
export interface Till extends Shop, Purse {
  /** Unix ms by this process's own clock. It decides nothing: only when something is looked at again. */
  nowMs(): number;
  /** What follows from PAID outside of stock and money: its cart is closed, it gets its delivery details. Safe to repeat. */
  afterPaid(order: Order): Promise<void>;
}

/** How an event decided its order. `lost`: the money goes back. `kept`: the hold goes on. */
export type Settled =
  | { status: 'paid' | 'cancelled'; order: Order }
  | { status: 'lost'; order: Order | undefined; why: Lost }
  | { status: 'kept' };

/** `outside`: somebody gave the money back at the provider, before it could buy. */
type Lost = 'ended' | 'mismatch' | 'unknownOrder' | 'outside';

/** How often the deadline is looked at again when it moved between a look and the step that relied on it. */
const LOOKS = 3;

/** What follows for the money of an event that has decided its order; a worker finds by itself what is left of it. */
export async function moveMoney(till: Till, settled: Settled, { type, paymentId }: PaymentEvent): Promise<void> {
  if (settled.status === 'paid' && !settled.order.captured) await capture(till, settled.order, paymentId);
  if (settled.status === 'lost' || type === 'payment.refunded') await giveBack(till, paymentId);
}

/**
 * Let a verified and stored payment event decide its order: who has won, and what goes back, is on record then; no provider is
 * asked. Any number of calls for one event, in any order with other events and expiries, end the same: one PAID or CANCELLED,
 * and every payment that lost is owed back once.
 * @throws when Redis or MongoDB cannot be asked; the event then stays in the inbox
 */
export async function decide(till: Till, event: PaymentEvent): Promise<Settled> {
  const order = await till.orders.find(event.orderId);
  if (event.type === 'payment.refunded' || event.type === 'payment.voided') return gone(till, order, event);
  if (event.type === 'payment.refundFailed') return oweAgain(till, event);
  if (isPaidBy(order, event.paymentId)) return finish(till, order);
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
    if (won === 'spent') return lose(till, current, event, 'ended');
    if (won) return finish(till, won);
    await expire(till, order.saleId, order.orderId); // past: expire first, then go by what MongoDB says
    current = await till.orders.find(order.orderId);
  }
  if (isPaidBy(current, event.paymentId)) return finish(till, current);
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

/** The order is PAID: its tokens are sold. Safe to repeat. */
async function finish(till: Till, order: Order): Promise<Settled> {
  crashPoint('after_paid');
  await follow(till, order);
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
    const failures = await till.orders.noteCapture(orderId, outcome);
    if (failures >= LIMITS.paymentAttempts) await till.alarms.over('captureStuck', orderId);
    return undefined;
  } catch (error) {
    const attempts = await till.orders.noteCapture(orderId, 'failed').catch(() => 0);
    if (attempts >= LIMITS.paymentAttempts)
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

/**
 * The money is not there any more, or a part of it. Where the shop gave it back, that is on record. Where somebody did at the
 * provider, the payment can never buy, and what is left of it goes back too; an order that it has bought stays PAID, and a
 * human is told.
 */
async function gone(till: Till, order: Order | undefined, event: PaymentEvent): Promise<Settled> {
  const known = await till.outbox.owes(event.paymentId);
  if (isPaidBy(order, event.paymentId)) {
    if (!known) {
      await tell(till, event);
      if (event.amount >= order.total) await lose(till, order, event, 'outside'); // else the shop keeps the rest
    }
    return finish(till, order);
  }
  if (known || (event.type === 'payment.voided' && order?.status !== 'RESERVED')) return { status: 'kept' };
  const { total: amount, currency } = order ?? { total: event.amount, currency: event.currency };
  const lost = await lose(till, order, { ...event, amount, currency }, 'outside');
  if (isPaidBy(await till.orders.find(event.orderId), event.paymentId)) await tell(till, event); // it bought meanwhile
  return lost;
}

/** Money that had gone back did not arrive: it goes back once more, and a human is told, who may know another way. */
async function oweAgain({ outbox, alarms }: Till, { paymentId }: PaymentEvent): Promise<Settled> {
  if (await outbox.oweAgain(paymentId)) await alarms.raise('refundStuck', paymentId, 'a refund of it has failed');
  return { status: 'kept' };
}

function tell(till: Till, { orderId, paymentId, amount, currency }: PaymentEvent): Promise<void> {
  return till.alarms.raise('refundedOutside', orderId, `${amount} ${currency} of ${paymentId} went back`);
}

/** A payment for an order that nobody knows: it shall never exist, and the money goes back. */
async function unknownOrder(till: Till, event: PaymentEvent): Promise<Settled> {
  const order = await till.orders.cancel(event.orderId, 'CONFLICT', till.nowMs(), {
    overdueAtMs: 0, // an order that came after all is judged by its deadline
    tombstone: { saleId: null },
  });
  if (order?.status === 'PAID' || order?.status === 'RESERVED') return decide(till, event);
  return lose(till, undefined, event, 'unknownOrder');
}

async function lose(till: Till, order: Order | undefined, event: PaymentEvent, why: Lost): Promise<Settled> {
  const bought = await till.orders.find({ payment: event.paymentId });
  if (bought && bought.orderId !== event.orderId) {
    // It names another order than the one that it has bought: a payment buys once, and what it has bought is not taken back.
    await till.alarms.raise(
      'paymentMismatch',
      event.paymentId,
      `it has bought ${bought.orderId}, not ${event.orderId}`,
    );
    return { status: 'kept' };
  }
  await till.outbox.owe(event, why);
  if (why === 'mismatch')
    await till.alarms.raise(
      'paymentMismatch',
      event.paymentId,
      `${event.amount} ${event.currency} is not what its order costs`,
    );
  return { status: 'lost', order, why };
}

/** Whether a payment is the one that has bought an order. */
export const isPaidBy = (
  order: Order | undefined,
  paymentId: string | undefined,
): order is Order & { status: 'PAID' } => order?.status === 'PAID' && order.payment === paymentId;
