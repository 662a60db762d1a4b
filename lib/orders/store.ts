import { backoffMs } from '#lib/backoff.ts';
import type { CancelReason } from '#lib/contract.ts';
import type { ExtendReason } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { batched } from '#lib/mongo/batch.ts';
import { DUPLICATE_KEY, isDuplicate } from '#lib/mongo/duplicate.ts';
import type { Models, OrderRecord } from '#lib/mongo/models.ts';
import type { Order } from '#lib/orders/order.ts';

/** What became of an insert. `orders` of a conflict are the live orders that own the tokens. */
export type Inserted =
  | { status: 'inserted'; order: Order }
  | { status: 'exists'; order: Order }
  | { status: 'keyTaken'; order: Order }
  | { status: 'tokenTaken'; owners: Order[] };

/** How a hold whose order MongoDB has never seen is cancelled all the same: as a tombstone. */
export interface Tombstone {
  saleId: string | null;
  customer?: string;
}

/** A customer's explicit idempotency key. */
export interface OrderKey {
  customer: string;
  key: string;
}

/** The payment that has bought an order. */
export interface OrderPayment {
  payment: string;
}

/** Which orders a page is of. */
export interface OrderQuery {
  /** Null: of every sale. */
  saleId: string | null;
  status: Order['status'];
  /** Only those whose capture is not on record, can still succeed, and is due. */
  uncaptured?: boolean;
  /** Only those whose deadline is at or before this moment. */
  overdueAtMs?: number;
  /** Only these, at most LIMITS.orderBatch. */
  orderIds?: string[];
}

/**
 * Orders in MongoDB, and the seam at which tests put another world. Each call is one single-document step with a majority's
 * acknowledgement; when it throws, nobody knows whether it happened, and it may be repeated.
 */
export interface OrderStore {
  /** Insert a RESERVED order. A duplicate is explained by reading `_id` first, whichever index refused. */
  insertReserved(order: Order): Promise<Inserted>;
  /** An order by its id, by the idempotency key that made it, or by the payment that has bought it. */
  find(wanted: string | OrderKey | OrderPayment): Promise<Order | undefined>;
  /**
   * RESERVED → PAID by this payment.
   * @returns the order when this call or an earlier one by the same payment won; `spent` when that payment has bought another
   */
  pay(orderId: string, payment: string, atMs: number): Promise<Order | 'spent' | undefined>;
  /**
   * RESERVED → CANCELLED.
   * @param overdueAtMs only if the deadline is at or before this moment of Redis's clock
   * @param tombstone what to write when there is no order, so that none can be inserted later
   * @returns the order as it stands afterwards, whatever its status; undefined when there is none and no tombstone was asked for
   */
  cancel(
    orderId: string,
    reason: CancelReason,
    atMs: number,
    options?: { overdueAtMs?: number; tombstone?: Tombstone },
  ): Promise<Order | undefined>;
  /** Move the deadline of a RESERVED order later, never earlier. @returns the order as it stands */
  extend(orderId: string, deadlineMs: number, reason: ExtendReason): Promise<Order | undefined>;
  /**
   * What came of capturing a PAID order's money: it is with the shop; it never will be; or it is tried again, later each time.
   * @returns how often it has failed so far
   */
  noteCapture(orderId: string, outcome: 'captured' | 'impossible' | 'failed'): Promise<number>;
  /** A page of a sale's orders in a status, or of all sales' (`saleId` null), by id; `after` is the last page's last id. */
  page(query: OrderQuery & { after: string }): Promise<Order[]>;
  /** Orders of any of these customers, newest first. `before` is a createdAt in ms. */
  ofCustomers(customers: readonly string[], beforeMs: number, limit: number): Promise<Order[]>;
}

/** The real store. */
export function orderStore({ orders }: Pick<Models, 'orders'>): OrderStore {
  const collection = orders.collection;
  const read = async (wanted: Parameters<OrderStore['find']>[0]) => {
    const record = await collection.findOne(typeof wanted === 'string' ? { _id: wanted as never } : { ...wanted });
    return record ? toOrder(record as unknown as OrderRecord) : undefined;
  };
  const insert = batched<OrderRecord, boolean>(async (records) => insertMany(collection as never, records));

  return {
    async insertReserved(order) {
      if (await insert(toRecord(order))) return { status: 'inserted', order };
      const own = await read(order.orderId);
      if (own) return { status: 'exists', order: own };
      if (order.key) {
        const keyed = await read({ customer: order.customer, key: order.key });
        if (keyed) return { status: 'keyTaken', order: keyed };
      }
      const tokens = order.items.flatMap((item) => item.tokens);
      const owners = await collection
        .find({ tokens: { $in: tokens }, status: { $in: ['RESERVED', 'PAID'] } })
        .toArray();
      return { status: 'tokenTaken', owners: owners.map((record) => toOrder(record as unknown as OrderRecord)) };
    },

    find: read,

    async pay(orderId, payment, atMs) {
      try {
        const paid = await collection.findOneAndUpdate(
          { _id: orderId as never, status: 'RESERVED' },
          { $set: { status: 'PAID', payment, paidAt: new Date(atMs), captured: false } },
          { returnDocument: 'after' },
        );
        if (paid) return toOrder(paid as unknown as OrderRecord);
      } catch (error) {
        if (isDuplicate(error)) return 'spent';
        throw error;
      }
      const order = await read(orderId);
      return order?.status === 'PAID' && order.payment === payment ? order : undefined;
    },

    async cancel(orderId, reason, atMs, { overdueAtMs, tombstone } = {}) {
      const at = new Date(atMs);
      const filter = {
        _id: orderId as never,
        status: 'RESERVED',
        ...(overdueAtMs === undefined ? {} : { deadline: { $lte: new Date(overdueAtMs) } }),
      };
      const grave = tombstone && {
        sale: tombstone.saleId,
        ...(tombstone.customer ? { customer: tombstone.customer } : {}),
        items: [],
        tokens: [],
        total: 0,
        currency: '',
        deadline: at,
        extensions: [],
        createdAt: at,
      };
      try {
        const cancelled = await collection.findOneAndUpdate(
          filter,
          { $set: { status: 'CANCELLED', reason, cancelledAt: at }, ...(grave ? { $setOnInsert: grave } : {}) },
          { returnDocument: 'after', upsert: grave !== undefined },
        );
        if (cancelled) return toOrder(cancelled as unknown as OrderRecord);
      } catch (error) {
        if (!isDuplicate(error)) throw error; // an order is there, and it was not to be cancelled
      }
      return read(orderId);
    },

    async extend(orderId, deadlineMs, reason) {
      await collection.updateOne(
        { _id: orderId as never, status: 'RESERVED' },
        { $max: { deadline: new Date(deadlineMs) }, $addToSet: { extensions: reason } },
      );
      return read(orderId);
    },

    async noteCapture(orderId, outcome) {
      const filter = { _id: orderId as never, status: 'PAID' };
      const change = {
        captured: { $set: { captured: true, captureFailed: false } },
        impossible: { $set: { captureFailed: true } },
        failed: { $inc: { captureAttempts: 1 } },
      }[outcome];
      const noted = await collection.findOneAndUpdate(filter, change, { returnDocument: 'after' });
      const attempts = Number(noted?.captureAttempts ?? 0);
      if (outcome === 'failed')
        await collection.updateOne(filter, { $set: { captureAt: new Date(Date.now() + backoffMs(attempts)) } });
      return attempts;
    },

    async page({ saleId, status, after, uncaptured, overdueAtMs, orderIds }) {
      const records = await collection
        .find({
          ...(saleId === null ? {} : { sale: saleId }),
          status,
          _id: { $gt: after, ...(orderIds ? { $in: orderIds } : {}) } as never,
          ...(uncaptured
            ? { captured: false, captureFailed: { $ne: true }, captureAt: { $not: { $gt: new Date() } } }
            : {}),
          ...(overdueAtMs === undefined ? {} : { deadline: { $lte: new Date(overdueAtMs) } }),
        })
        .sort({ _id: 1 })
        .limit(LIMITS.orderBatch)
        .toArray();
      return records.map((record) => toOrder(record as unknown as OrderRecord));
    },

    async ofCustomers(customers, beforeMs, limit) {
      const records = await collection
        .find({ customer: { $in: [...customers] }, createdAt: { $lt: new Date(beforeMs) } })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit)
        .toArray();
      return records.map((record) => toOrder(record as unknown as OrderRecord));
    },
  };
}

/** Every order of a sale in a status, in batches of LIMITS.orderBatch. */
export async function* pages(store: OrderStore, query: OrderQuery): AsyncGenerator<Order[]> {
  for (let after = ''; ; ) {
    const orders = await store.page({ ...query, after });
    if (orders.length > 0) yield orders;
    if (orders.length < LIMITS.orderBatch) return;
    after = orders.at(-1)!.orderId;
  }
}

interface BulkError {
  code?: number;
  writeErrors?: { index: number; code: number }[];
  result?: { getWriteConcernError?: () => { code: number } | undefined };
}

/** @returns for each record whether it was inserted (false: a duplicate of something); throws when nobody knows */
async function insertMany(
  collection: { insertMany(records: OrderRecord[], options: object): Promise<unknown> },
  records: OrderRecord[],
): Promise<PromiseSettledResult<boolean>[]> {
  const settled = (refused: Set<number>) =>
    records.map((_, i): PromiseSettledResult<boolean> => ({ status: 'fulfilled', value: !refused.has(i) }));
  try {
    await collection.insertMany(records, { ordered: false });
    return settled(new Set());
  } catch (error) {
    const { writeErrors, result } = error as BulkError;
    const refusals = writeErrors === undefined ? [] : [writeErrors].flat();
    const unknown = result?.getWriteConcernError?.() ?? refusals.find(({ code }) => code !== DUPLICATE_KEY);
    if (unknown) throw Object.assign(error as Error, { code: unknown.code }); // not that of a duplicate beside it
    if (refusals.length === 0) throw error;
    return settled(new Set(refusals.map(({ index }) => index)));
  }
}

function toRecord(order: Order): OrderRecord {
  return {
    _id: order.orderId,
    customer: order.customer,
    sale: order.saleId,
    ...(order.cartId ? { cart: order.cartId } : {}),
    ...(order.key ? { key: order.key } : {}),
    requestFingerprint: order.requestFingerprint,
    itemsFingerprint: order.itemsFingerprint,
    items: order.items.map(({ productId, name, price, quantity, tokens }) => ({
      product: productId,
      name,
      price,
      quantity,
      tokens,
    })),
    tokens: order.items.flatMap(({ tokens }) => tokens),
    total: order.total,
    currency: order.currency,
    taxBasisPoints: order.taxBasisPoints,
    tax: order.tax,
    status: order.status,
    deadline: new Date(order.deadlineMs),
    extensions: order.extensions,
    createdAt: new Date(order.createdAtMs),
  };
}

function toOrder(record: OrderRecord): Order {
  return {
    orderId: record._id,
    customer: record.customer ?? '',
    saleId: record.sale ?? '',
    cartId: record.cart ?? '',
    key: record.key ?? '',
    requestFingerprint: record.requestFingerprint ?? '',
    itemsFingerprint: record.itemsFingerprint ?? '',
    items: record.items.map(({ product, name, price, quantity, tokens }) => ({
      productId: product,
      name,
      price,
      quantity,
      tokens,
    })),
    total: record.total,
    currency: record.currency,
    taxBasisPoints: record.taxBasisPoints ?? 0,
    tax: record.tax ?? 0,
    status: record.status,
    reason: record.reason ?? null,
    deadlineMs: record.deadline.getTime(),
    extensions: record.extensions,
    createdAtMs: record.createdAt.getTime(),
    paidAtMs: record.paidAt?.getTime() ?? null,
    payment: record.payment ?? null,
    captured: record.captured ?? false,
    delivery: record.delivery ?? null,
  };
}
