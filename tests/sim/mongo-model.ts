import type { Product, Sale } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Order, OrderStore } from '#lib/orders/index.ts';
import type { Inbox, Outbox, PaymentEvent, PaymentProvider } from '#lib/payments/index.ts';
import type { CatalogTruth } from '#lib/reconcile/index.ts';

export interface MongoState {
  orders: Map<string, Order>;
  sales: Map<string, { sale: Sale; products: Product[] }>;
  inbox: Map<string, { event: PaymentEvent; done: boolean }>;
  refunds: Map<string, { event: PaymentEvent; done: boolean }>;
}

export const noMongo = (): MongoState => ({
  orders: new Map(),
  sales: new Map(),
  inbox: new Map(),
  refunds: new Map(),
});

type Sync<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };

const live = (order: Order) => order.status !== 'CANCELLED';
const copy = (order: Order): Order => ({
  ...order,
  items: order.items.map((item) => ({ ...item, tokens: [...item.tokens] })),
  extensions: [...order.extensions],
});
const tokens = (order: Order) => order.items.flatMap((item) => item.tokens);

/** The orders' store over a Map, with MongoDB's two unique indexes. tests/sim/differential holds it against the real one. */
export function orderModel({ orders }: Pick<MongoState, 'orders'>, { fence = true } = {}): Sync<OrderStore> {
  const find = (wanted: Parameters<OrderStore['find']>[0]) => {
    const order =
      typeof wanted === 'string'
        ? orders.get(wanted)
        : [...orders.values()].find(({ customer, key }) => customer === wanted.customer && key === wanted.key);
    return order ? copy(order) : undefined;
  };
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
    noteCaptured(orderId) {
      const order = orders.get(orderId);
      if (order?.status === 'PAID') order.captured = true;
    },
    page({ saleId, status, after, uncaptured, overdueAtMs, orderIds }) {
      return [...orders.values()]
        .filter(
          (order) => (saleId === null || order.saleId === saleId) && order.status === status && order.orderId > after,
        )
        .filter(
          (order) =>
            (!uncaptured || (order.status === 'PAID' && !order.captured)) &&
            (overdueAtMs === undefined || order.deadlineMs <= overdueAtMs),
        )
        .filter((order) => !orderIds || orderIds.includes(order.orderId))
        .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
        .slice(0, LIMITS.orderBatch)
        .map(copy);
    },
    ofCustomer(customer, beforeMs, limit) {
      return [...orders.values()]
        .filter((order) => order.customer === customer && order.createdAtMs < beforeMs)
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
    status: 'CANCELLED',
    reason,
    deadlineMs: atMs,
    extensions: [],
    createdAtMs: atMs,
    paidAtMs: null,
    payment: null,
    captured: false,
  };
}

/** Sales and products in memory. */
export function truthModel({ sales }: Pick<MongoState, 'sales'>): Sync<CatalogTruth> {
  return {
    saleIds: () => [...sales.keys()],
    sale(saleId, rebuilding) {
      const found = sales.get(saleId);
      if (found && rebuilding) found.sale.epoch += 1;
      return found && { sale: { ...found.sale }, products: found.products.map((product) => ({ ...product })) };
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

/** What the provider remembers of one payment. */
export interface Payment {
  captured: number;
  givenBack: number;
}

/** The two sides of the money: the shop's outbox rows and the provider's own books, whose calls are keyed by the payment. */
export function moneyModel({ refunds }: Pick<MongoState, 'refunds'>, books: Map<string, Payment>) {
  const book = (paymentId: string) => {
    const payment = books.get(paymentId) ?? { captured: 0, givenBack: 0 };
    books.set(paymentId, payment);
    return payment;
  };
  return {
    owe(event: PaymentEvent) {
      if (!refunds.has(event.paymentId)) refunds.set(event.paymentId, { event, done: false });
    },
    owed: (paymentId: string) => refunds.get(paymentId),
    paid(paymentId: string) {
      const owed = refunds.get(paymentId);
      if (owed) owed.done = true;
    },
    pending: () => [...refunds.values()].filter(({ done }) => !done).map(({ event }) => event.paymentId),
    capture(paymentId: string) {
      book(paymentId).captured = 1; // the same key again is the same capture
    },
    giveBack(paymentId: string) {
      book(paymentId).givenBack = 1;
    },
  };
}

export type { Outbox, PaymentProvider };
