import { backoffMs } from '#lib/backoff.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Order } from '#lib/orders/index.ts';
import type { BegunPayment } from '#lib/payments/begun.ts';
import { receive } from '#lib/payments/process.ts';
import type { Known, Payment, PaymentEvent, Standing } from '#lib/payments/provider.ts';
import { isPaidBy } from '#lib/payments/settle.ts';
import type { Counter } from '#lib/payments/start.ts';

/**
 * Ask the provider about payments that were begun and of whose end nobody has told: shortly before the deadline, so that a
 * paid order is not lost with its webhook; and after the order's end, so that no money stays set aside and nobody can pay
 * any more. Any number of workers may. When is by Redis's clock, like the deadline: a worker's own may be wrong.
 * @returns how many were looked at, and the errors met on the way
 */
export async function lookAfter(counter: Counter): Promise<{ looks: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  let looks = 0;
  for (let more = true; more && looks < LIMITS.inboxBatch; ) {
    const nowMs = await counter.redisNowMs();
    const due = await counter.begun.due(nowMs);
    await Promise.all(
      due.map((begun) =>
        look(counter, begun, nowMs).catch(async (error: unknown) => {
          errors.push(error);
          await later(counter, begun, nowMs).catch(() => {}); // its lease runs out, and it is due again
        }),
      ),
    );
    looks += due.length;
    more = due.length === LIMITS.paymentsAtOnce;
  }
  return { looks, errors };
}

/** A provider that can never say what became of a payment is not asked for ever. */
async function later(
  { begun, alarms }: Counter,
  { orderId, paymentId, looks }: BegunPayment,
  nowMs: number,
): Promise<void> {
  if (looks < LIMITS.paymentLooks) return begun.lookAgain(orderId, nowMs + backoffMs(looks));
  await alarms.raise('paymentUnknown', orderId, `the provider could not be asked about its payment ${looks} times`);
  await begun.noteEnded(orderId, paymentId);
}

async function look(counter: Counter, { orderId, paymentId, looks }: BegunPayment, nowMs: number): Promise<void> {
  const { begun, orders, provider } = counter;
  const before = await orders.find(orderId);
  if (isPaidBy(before, paymentId) && nowMs < before.deadlineMs)
    return begun.lookAgain(orderId, before.deadlineMs + LIMITS.siblingLookMs);
  const found = await provider.lookup({ orderId, paymentId, all: before?.status !== 'RESERVED' });
  const moved = found.filter(({ standing }) => MOVED.has(standing));
  for (const payment of moved)
    if (!(isPaidBy(before, payment.paymentId) && payment.standing !== 'refunded'))
      await receive(counter, toEvent(payment));
  const order = moved.length > 0 ? await orders.find(orderId) : before;
  const open = found.filter(({ standing }) => standing === 'open');
  if (order?.status === 'RESERVED') {
    const failed = found.find(({ standing }) => standing === 'failed');
    if (!failed || open.length > 0) return again(counter, order, looks, nowMs); // after one that went back another may come
    await receive(counter, toEvent(failed));
    return begun.noteEnded(orderId, paymentId);
  }
  // It was decided meanwhile: now the provider is asked for all of its payments.
  if (before?.status === 'RESERVED' && order && !isPaidBy(order, paymentId))
    return look(counter, { orderId, paymentId, looks }, nowMs);
  const lost = await counter.outbox.ofHold(orderId);
  const goesOn = found.some((payment) => payment.paymentId === paymentId && !lost.includes(payment.paymentId));
  if (order && !goesOn && !isPaidBy(order, paymentId)) {
    const buried = await bury(counter, order, paymentId, lost);
    if (buried && !found.some((payment) => payment.paymentId === buried.paymentId)) open.push(buried);
  }
  if (await close(counter, open)) await begun.noteEnded(orderId, paymentId);
}

/** Standings of which the order must know: there is money, or there was. */
const MOVED = new Set<Standing>(['authorized', 'captured', 'refunded']);

/** Once more just before the deadline; when that is over, now and then. */
async function again({ begun }: Counter, { orderId, deadlineMs }: Order, looks: number, nowMs: number): Promise<void> {
  const before = [deadlineMs - LIMITS.lookBeforeMs, deadlineMs - LIMITS.lastLookBeforeMs].find((at) => at > nowMs);
  await begun.lookAgain(orderId, before ?? Math.max(deadlineMs, nowMs + backoffMs(looks)));
}

/**
 * The order has ended and these payments have not: they are ended too, before somebody pays for nothing.
 * @returns false when one was captured meanwhile: the next look finds it so
 */
async function close({ provider }: Counter, payments: Payment[]): Promise<boolean> {
  let all = true;
  for (const payment of payments) if ((await provider.void(payment)) === 'captured') all = false;
  return all;
}

/**
 * The order has ended, and the provider knows no payment that could be gone on with; but the request that begins one may still
 * be on its way. So it is begun here, under the same key, to be ended: whoever comes later gets the ended one. A tombstone,
 * as for an order.
 * @returns undefined when the provider refuses it, as it will refuse the other request
 */
async function bury(
  { provider }: Counter,
  { orderId, total, currency }: Order,
  paymentId: string | undefined,
  lost: string[],
): Promise<Known | undefined> {
  const begun = await provider.authorise({ orderId, total, currency, again: true, paymentId, lost });
  return begun.status === 'begun' ? { ...begun.payment, standing: 'open' } : undefined;
}

/** What the provider's books say, as the event that should have come. */
function toEvent({ paymentId, orderId, amount, currency, standing }: Known): PaymentEvent {
  const eventId = `look:${paymentId}:${standing}`;
  return { eventId, type: `payment.${standing}`, paymentId, orderId, amount, currency };
}
