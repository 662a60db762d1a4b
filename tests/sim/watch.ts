import { isDeepStrictEqual } from 'node:util';
import type { InventoryScripts, Reserved } from '#lib/inventory/index.ts';
import { type Order, type OrderStore, tokensOf } from '#lib/orders/index.ts';
import type { bankModel } from './bank-model.ts';
import { productRecords, saleRecords } from './redis-state.ts';
import type { World } from './world.ts';

/** Thrown when the protocol has broken a promise. */
export class BrokenError extends Error {
  override name = 'BrokenError';
}

type Model<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };
type Bank = ReturnType<typeof bankModel>;

/** I7: what an order may become; the same again is no change. */
const NEXT: Record<'nothing' | Order['status'], Order['status'][]> = {
  nothing: ['RESERVED', 'CANCELLED'],
  RESERVED: ['PAID', 'CANCELLED'],
  PAID: [],
  CANCELLED: [],
};

/** An order as it stood after the last step that was about it. */
interface Stood {
  status: Order['status'];
  payment: string | null;
  deadlineMs: number;
  tokens: string[];
}

/**
 * What must hold after every step that could break it. An order changes in no other step than one of its store's, and money
 * moves in no other than the bank's: there each is looked at, which is as good as looking at all of them after every step.
 */
export class Watch {
  readonly #world: World;
  readonly #stood = new Map<string, Stood>();
  readonly #owners = new Map<string, string>();
  readonly #keyed = new Map<string, string>();
  /** The last deadline that Redis has given a hold. */
  readonly #given = new Map<string, number>();
  /** What the last reserve of an actor found sold out. */
  readonly #soldOut = new WeakMap<object, unknown>();
  /** The deadline that a shopper was told, by order. */
  readonly #told = new Map<string, number>();
  /** The order that a shopper was told of a key. */
  readonly #answered = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A shopper was told that an order is theirs: I14 at once, I9, and I12 from now on. */
  acknowledged(order: Order, key: string): void {
    const { orderId, customer } = order;
    if (!this.#world.mongo.orders.has(orderId)) throw new BrokenError(`I14: ${orderId} was answered and is not there`);
    if (key === '') return;
    const first = this.#answered.get(`${customer} ${key}`);
    if (first !== undefined && first !== orderId)
      throw new BrokenError(`I9: the key ${key} of ${customer} was answered by ${first} and by ${orderId}`);
    this.#answered.set(`${customer} ${key}`, orderId);
  }

  /** A shopper was told that the order of their key is over: not while the key has made one that they were told of. */
  over(orderId: string, customer: string, key: string): void {
    const first = key === '' ? undefined : this.#answered.get(`${customer} ${key}`);
    if (first !== undefined && first !== orderId)
      throw new BrokenError(`I9: the key ${key} of ${customer} was answered by ${first}, and then by ${orderId}, over`);
  }

  /** A shopper was told that a hold lasts until then. */
  promised(orderId: string, deadlineMs: number): void {
    this.#told.set(orderId, Math.max(deadlineMs, this.#told.get(orderId) ?? 0));
  }

  /** I13: a checkout's refusal is what its own last reserve has found. */
  refused(actor: object, items: unknown): void {
    if (!isDeepStrictEqual(this.#soldOut.get(actor), items))
      throw new BrokenError(`I13: "out of stock" is not what reserve has found: ${JSON.stringify(items)}`);
  }

  orders(model: Model<OrderStore>): Model<OrderStore> {
    return {
      ...model,
      insertReserved: (order) => {
        const outcome = model.insertReserved(order);
        if (outcome.status === 'tokenTaken') this.#conflict(order.orderId);
        this.#changed(order.orderId);
        return outcome;
      },
      pay: (orderId, ...rest) => {
        const order = model.pay(orderId, ...rest);
        this.#changed(orderId);
        return order;
      },
      extend: (orderId, ...rest) => {
        const order = model.extend(orderId, ...rest);
        this.#changed(orderId);
        return order;
      },
      cancel: (orderId, reason, ...rest) => {
        const before = this.#stood.get(orderId);
        const order = model.cancel(orderId, reason, ...rest);
        if (reason === 'EXPIRED' && order?.status === 'CANCELLED' && before?.status !== 'CANCELLED')
          this.#expired(orderId, before);
        this.#changed(orderId);
        return order;
      },
    };
  }

  redis(model: Model<InventoryScripts>): Model<InventoryScripts> {
    return {
      ...model,
      reserve: (request) => {
        const reserved = model.reserve(request);
        if (reserved.status === 'reserved') {
          this.#given.set(request.orderId, reserved.deadlineMs);
          this.#withinLimits(request.saleId, request.customer, reserved.tokens);
        }
        if (reserved.status === 'outOfStock') this.#trulySoldOut(request.saleId, reserved);
        return reserved;
      },
      extend: (saleId, orderId, reason) => {
        const extended = model.extend(saleId, orderId, reason);
        if (extended.status === 'extended') this.#given.set(orderId, extended.deadlineMs);
        return extended;
      },
    };
  }

  /** I8: money is taken for a PAID order only, by the payment that won it, and each payment moves once. */
  bank(model: Bank): Bank {
    return {
      ...model,
      capture: (payment) => {
        const order = this.#world.mongo.orders.get(payment.orderId);
        if (order?.status !== 'PAID' || order.payment !== payment.paymentId)
          throw new BrokenError(`I8: ${payment.paymentId} was captured before it had won`);
        const outcome = model.capture(payment);
        this.#movedOnce(payment.paymentId);
        return outcome;
      },
      void: (payment) => {
        const outcome = model.void(payment);
        this.#movedOnce(payment.paymentId);
        return outcome;
      },
      refund: (payment) => {
        const outcome = model.refund(payment);
        this.#movedOnce(payment.paymentId);
        return outcome;
      },
    };
  }

  /** I8. */
  #movedOnce(paymentId: string): void {
    const { captured, voided, refunded } = this.#world.books.get(paymentId)!;
    if (captured + voided > 1 || refunded > captured)
      throw new BrokenError(`I8: ${paymentId} was captured ${captured}x, voided ${voided}x, refunded ${refunded}x`);
  }

  /** I15. */
  #conflict(orderId: string): void {
    this.#world.count('token conflict');
    if (!this.#world.lostData) throw new BrokenError(`I15: a unit of ${orderId} is taken, and Redis lost nothing`);
  }

  /** I2, I7, I9, I14. */
  #changed(orderId: string): void {
    const order = this.#world.mongo.orders.get(orderId);
    const before = this.#stood.get(orderId);
    if (!order) {
      if (before) throw new BrokenError(`I14: the order ${orderId} is gone`);
      return;
    }
    const { status, payment, deadlineMs } = order;
    const was = before?.status ?? 'nothing';
    if (was !== status && !NEXT[was].includes(status)) throw new BrokenError(`I7: ${orderId} was ${was}, is ${status}`);
    if (before && (was === 'PAID' ? before.payment !== payment : before.deadlineMs > deadlineMs))
      throw new BrokenError(`I7: ${orderId} has another payment, or an earlier deadline`);
    const tokens = before?.tokens ?? Object.values(tokensOf(order)).flat();
    if (before && before.tokens.join() !== Object.values(tokensOf(order)).flat().join())
      throw new BrokenError(`I2: the units of ${orderId} have changed`);
    this.#stood.set(orderId, { status, payment, deadlineMs, tokens });
    if (!before) this.#born(order, tokens);
    if (was === 'RESERVED' && status === 'CANCELLED') for (const token of tokens) this.#owners.delete(token);
  }

  #born(order: Order, tokens: string[]): void {
    const { orderId, customer, key, status } = order;
    if (key !== '' && this.#keyed.has(`${customer} ${key}`))
      throw new BrokenError(`I9: ${orderId} and ${this.#keyed.get(`${customer} ${key}`)} have one key`);
    if (key !== '') this.#keyed.set(`${customer} ${key}`, orderId);
    if (status !== 'RESERVED') return;
    for (const { productId, quantity, tokens: units } of order.items)
      if (units.length !== quantity || units.some((token) => !token.startsWith(`${productId}-`)))
        throw new BrokenError(`I2: ${orderId} has ${units} for ${quantity} of ${productId}`);
    for (const token of tokens) {
      const other = this.#owners.get(token);
      if (other) throw new BrokenError(`I2: ${token} is in two live orders, ${other} and ${orderId}`);
      this.#owners.set(token, orderId);
    }
  }

  /** I12, also of a hold whose order never came. By the latest time that Redis's clock has shown: it may jump back. */
  #expired(orderId: string, before: Stood | undefined): void {
    const { latestMs, lostData, wentBack } = this.#world;
    const givenMs = lostData || wentBack ? 0 : (this.#given.get(orderId) ?? 0); // what Redis alone knew is no promise then
    const deadlineMs = Math.max(before?.deadlineMs ?? 0, this.#told.get(orderId) ?? 0, givenMs);
    if (deadlineMs > latestMs)
      throw new BrokenError(`I12: ${orderId} expired ${deadlineMs - latestMs} ms before its deadline`);
  }

  /** I10: Redis counts what a customer has, and that is within the limit; counted by hand, unless Redis has lost data. */
  #withinLimits(saleId: string, customer: string, reserved: Record<string, string[]>): void {
    const { mongo, lostData, redisNow } = this.#world;
    if (lostData) return;
    const sale = saleRecords(redisNow, saleId);
    for (const { _id, limitPerCustomer } of mongo.sales.get(saleId)!.products) {
      if (!(_id in reserved) || limitPerCustomer === null) continue;
      const { held, sold, limit } = productRecords(sale, _id);
      const owned =
        [...held.values()].filter((orderId) => sale.holds.get(orderId)?.customer === customer).length +
        [...sold.values()].filter((orderId) => mongo.orders.get(orderId)?.customer === customer).length;
      if (owned > limitPerCustomer || owned !== limit.get(customer))
        throw new BrokenError(`I10: ${customer} has ${owned} of ${_id}, counted as ${limit.get(customer)}`);
    }
  }

  /** I13, counted by what holds and sales name, not by the shelf. */
  #trulySoldOut(saleId: string, { items }: Reserved & { status: 'outOfStock' }): void {
    const { scheduler, redisNow } = this.#world;
    this.#soldOut.set(scheduler.acting!, items);
    const sale = saleRecords(redisNow, saleId);
    if (sale.torn) return;
    for (const { productId, requested } of items) {
      const minted = sale.ready!.minted.get(productId) ?? 0;
      const taken = new Set(productRecords(sale, productId).sold.keys());
      for (const { tokens } of sale.holds.values()) for (const token of tokens.get(productId) ?? []) taken.add(token);
      let free = 0;
      for (let n = 1; n <= minted; n++) if (!taken.has(`${productId}-${n}`)) free += 1;
      if (free >= requested)
        throw new BrokenError(`I13: "out of stock" for ${requested} of ${productId} while ${free} were free`);
    }
  }
}
