import type { Product, Sale } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Order, OrderStore } from '#lib/orders/index.ts';
import {
  type BegunPayments,
  type Inbox,
  type Outbox,
  type Owed,
  type PaymentEvent,
  WHILE_HELD,
} from '#lib/payments/index.ts';
import type { CatalogTruth } from '#lib/reconcile/index.ts';

export interface MongoState {
  orders: Map<string, Order>;
  sales: Map<string, { sale: Sale; products: Product[] }>;
  inbox: Map<string, { event: PaymentEvent; done: boolean }>;
  refunds: Map<string, { owed: Owed; reason: string; done: boolean }>;
  begun: Map<
    string,
    { orderId: string; paymentId: string | undefined; looks: number; ended: boolean; lookAtMs: number }
  >;
  alarms: Set<string>;
}

export const noMongo = (): MongoState => ({
  orders: new Map(),
  sales: new Map(),
  inbox: new Map(),
  refunds: new Map(),
  begun: new Map(),
  alarms: new Set(),
});

type Sync<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };

const live = (order: Order) => order.status !== 'CANCELLED';
const copy = (order: Order): Order => ({
  ...order,
  items: order.items.map((item) => ({ ...item, tokens: [...item.tokens] })),
  extensions: [...order.extensions],
});
const tokens = (order: Order) => order.items.flatMap((item) => item.tokens);

/**
 * The orders' store over a Map, with MongoDB's unique indexes. tests/sim/differential holds it against the real one.
 * @param putsOff a capture that has failed is not due again soon, as in the real one; without it time flies
 */
export function orderModel(
  { orders }: Pick<MongoState, 'orders'>,
  { fence = true, putsOff = false } = {},
): Sync<OrderStore> {
  const find = (wanted: Parameters<OrderStore['find']>[0]) => {
    const order =
      typeof wanted === 'string'
        ? orders.get(wanted)
        : [...orders.values()].find((other) =>
            'payment' in wanted
              ? other.payment === wanted.payment
              : other.customer === wanted.customer && other.key === wanted.key,
          );
    return order ? copy(order) : undefined;
  };
  const captureFailed = new Set<string>();
  const attempts = new Map<string, number>();
  return {
    find,
    insertReserved(order) {
      const own = find(order.orderId);
      if (own) return { status: 'exists', order: own };
      const all = [...orders.values()];
      const keyed = order.key
        ? all.find(({ customer, key }) => customer === order.customer && key === order.key)
        : undefined;
      if (keyed) return { status: 'keyTaken', order: copy(keyed) };
      const mine = new Set(tokens(order));
      const owners = fence ? all.filter((other) => live(other) && tokens(other).some((token) => mine.has(token))) : [];
      if (owners.length > 0) return { status: 'tokenTaken', owners: owners.map(copy) };
      orders.set(order.orderId, copy(order));
      return { status: 'inserted', order };
    },
    pay(orderId, payment, atMs) {
      const order = orders.get(orderId);
      if (order?.status === 'RESERVED' && find({ payment })) return 'spent';
      if (order?.status === 'RESERVED')
        Object.assign(order, { status: 'PAID', payment, paidAtMs: atMs, captured: false });
      return order?.status === 'PAID' && order.payment === payment ? copy(order) : undefined;
    },
    cancel(orderId, reason, atMs, { overdueAtMs, tombstone } = {}) {
      const order = orders.get(orderId);
      if (order?.status === 'RESERVED' && (overdueAtMs === undefined || order.deadlineMs <= overdueAtMs))
        Object.assign(order, { status: 'CANCELLED', reason });
      if (!order && tombstone) orders.set(orderId, grave(orderId, tombstone, reason, atMs));
      return find(orderId);
    },
    extend(orderId, deadlineMs, reason) {
      const order = orders.get(orderId);
      if (order?.status === 'RESERVED') {
        order.deadlineMs = Math.max(order.deadlineMs, deadlineMs);
        if (!order.extensions.includes(reason)) order.extensions = [...order.extensions, reason];
      }
      return find(orderId);
    },
    noteCapture(orderId, outcome) {
      const order = orders.get(orderId);
      if (order?.status !== 'PAID') return 0;
      if (outcome === 'captured') {
        order.captured = true;
        captureFailed.delete(orderId);
      }
      if (outcome === 'impossible') captureFailed.add(orderId);
      if (outcome === 'failed') attempts.set(orderId, (attempts.get(orderId) ?? 0) + 1);
      return attempts.get(orderId) ?? 0;
    },
    page({ saleId, status, after, uncaptured, overdueAtMs, orderIds }) {
      return [...orders.values()]
        .filter(
          (order) => (saleId === null || order.saleId === saleId) && order.status === status && order.orderId > after,
        )
        .filter(
          (order) =>
            (!uncaptured ||
              (order.status === 'PAID' &&
                !order.captured &&
                !captureFailed.has(order.orderId) &&
                !(putsOff && attempts.has(order.orderId)))) &&
            (overdueAtMs === undefined || order.deadlineMs <= overdueAtMs),
        )
        .filter((order) => !orderIds || orderIds.includes(order.orderId))
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
        .slice(0, LIMITS.orderBatch)
        .map(copy);
    },
    ofCustomers(customers, beforeMs, limit) {
      return [...orders.values()]
        .filter((order) => customers.includes(order.customer) && order.createdAtMs < beforeMs)
        .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.orderId < b.orderId ? 1 : -1))
        .slice(0, limit)
        .map(copy);
    },
  };
}

function grave(
  orderId: string,
  { saleId, customer = '' }: { saleId: string | null; customer?: string },
  reason: Order['reason'],
  atMs: number,
): Order {
  return {
    orderId,
    customer,
    saleId: saleId ?? '',
    cartId: '',
    key: '',
    requestFingerprint: '',
    itemsFingerprint: '',
    items: [],
    total: 0,
    currency: '',
    taxBasisPoints: 0,
    tax: 0,
    status: 'CANCELLED',
    reason,
    deadlineMs: atMs,
    extensions: [],
    createdAtMs: atMs,
    paidAtMs: null,
    payment: null,
    captured: false,
    delivery: null,
  };
}

/** What counts as paid lately where time flies: so short that much was paid before. */
const LATELY_MS = 30;

/** Sales, products and what is paid, in memory. */
export function truthModel({ sales, orders }: Pick<MongoState, 'sales' | 'orders'>): Sync<CatalogTruth> {
  const paidOrders = (saleId: string) =>
    [...orders.values()].filter((order) => order.saleId === saleId && order.status === 'PAID');
  return {
    saleIds: () => [...sales.keys()],
    sale(saleId, rebuilding) {
      const found = sales.get(saleId);
      if (found && rebuilding) found.sale.epoch += 1;
      return found && { sale: { ...found.sale }, products: found.products.map((product) => ({ ...product })) };
    },
    paidLately: (saleId, nowMs) =>
      paidOrders(saleId)
        .filter(({ paidAtMs }) => paidAtMs! >= nowMs - LATELY_MS)
        .map(({ orderId }) => orderId),
    paidUnits(saleId) {
      const units: Record<string, number> = {};
      for (const { productId, tokens: list } of paidOrders(saleId).flatMap(({ items }) => items))
        units[productId] = (units[productId] ?? 0) + list.length;
      return units;
    },
  };
}

/** The inbox in memory; every event that is not done is waiting. */
export function inboxModel({ inbox }: Pick<MongoState, 'inbox'>): Sync<Inbox> {
  return {
    store(event) {
      const stored = inbox.get(event.eventId) ?? { event, done: false };
      inbox.set(event.eventId, stored);
      return { ...stored };
    },
    noteDone(eventId) {
      const stored = inbox.get(eventId);
      if (stored) stored.done = true;
    },
    waiting: () => [...inbox.values()].filter(({ done }) => !done).map(({ event }) => event),
  };
}

/** The shop's outbox in memory: one row per payment; every one that is not done is pending. */
export function outboxModel({ refunds }: Pick<MongoState, 'refunds'>): Sync<Outbox> {
  return {
    owe({ paymentId, orderId, amount, currency }, reason) {
      if (!refunds.has(paymentId))
        refunds.set(paymentId, { owed: { paymentId, orderId, amount, currency, attempts: 0 }, reason, done: false });
    },
    owes: (paymentId) => refunds.has(paymentId),
    ofHold(orderId) {
      const rows = [...refunds].filter(
        ([, { owed, reason }]) => owed.orderId === orderId && WHILE_HELD.includes(reason),
      );
      return rows.map(([id]) => id);
    },
    takeUp(paymentId) {
      const row = refunds.get(paymentId);
      if (!row || row.done) return undefined;
      row.owed.attempts += 1;
      return { ...row.owed };
    },
    noteDone(paymentId) {
      const row = refunds.get(paymentId);
      if (row) row.done = true;
    },
    notePending(paymentId) {
      const row = refunds.get(paymentId);
      if (row && !row.done) row.owed.attempts = 0;
    },
    oweAgain(paymentId) {
      const row = refunds.get(paymentId);
      if (row) row.done = false;
      return row !== undefined;
    },
    pending: () => [...refunds.values()].filter(({ done }) => !done).map(({ owed }) => owed.paymentId),
  };
}

/** Time flies: what is put off for so long is due. More than the shop puts off anything, less than a wrong clock is wrong. */
const SOON_MS = 10 * 60_000;

/** Begun payments in memory: every one that has not ended is due, unless somebody went by a clock that is wrong. */
export function begunModel({ begun }: Pick<MongoState, 'begun'>): Sync<BegunPayments> {
  return {
    begin(orderId, lookAtMs) {
      const before = begun.get(orderId);
      begun.set(orderId, { orderId, paymentId: undefined, looks: 0, lookAtMs, ...before, ended: false });
      return { again: before !== undefined, paymentId: before?.paymentId };
    },
    note(orderId, paymentId) {
      const payment = begun.get(orderId);
      if (payment) Object.assign(payment, { paymentId, ended: false });
    },
    due(nowMs) {
      const due = [...begun.values()]
        .filter(({ ended, lookAtMs }) => !ended && lookAtMs <= nowMs + SOON_MS)
        .slice(0, LIMITS.paymentsAtOnce);
      for (const payment of due) {
        payment.looks += 1;
        payment.lookAtMs = nowMs + LIMITS.paymentLeaseMs;
      }
      return due.map(({ orderId, paymentId, looks }) => ({ orderId, paymentId, looks }));
    },
    lookAgain(orderId, atMs) {
      const payment = begun.get(orderId);
      if (payment) Object.assign(payment, { ended: false, lookAtMs: atMs });
    },
    noteEnded(orderId, paymentId) {
      const payment = begun.get(orderId);
      if (payment?.paymentId === paymentId && payment) payment.ended = true;
    },
  };
}
