import type { InventoryScripts } from '#lib/inventory/index.ts';
import { type OrderStore, tokensOf } from '#lib/orders/index.ts';
import type { Inbox, Outbox, PaymentEvent, PaymentProvider, Payments } from '#lib/payments/index.ts';
import type { CatalogTruth, Reconciler } from '#lib/reconcile/index.ts';
import {
  inboxModel,
  type MongoState,
  moneyModel,
  noMongo,
  orderModel,
  type Payment,
  truthModel,
} from './mongo-model.ts';
import { Random } from './random.ts';
import { redisModel } from './redis-model.ts';
import { noRecords, type RedisState } from './redis-state.ts';
import { type Actor, Scheduler } from './scheduler.ts';

/** Thrown when the protocol has broken a promise. */
export class BrokenError extends Error {
  override name = 'BrokenError';
}

/** What one process of the shop works through: the real service code gets this. */
export type SimShop = Omit<Payments & Reconciler, 'catalog'>;

type Stepped<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never };

/** A model as one actor calls it: each method is a step. Methods are made once for each model, not for each actor. */
class Bound {
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly group: string;
  readonly model: object;

  constructor(scheduler: Scheduler, actor: Actor, group: string, model: object) {
    this.scheduler = scheduler;
    this.actor = actor;
    this.group = group;
    this.model = model;
    for (const name of Object.keys(model)) if (!(name in Bound.prototype)) define(name);
  }
}

function define(name: string): void {
  Object.defineProperty(Bound.prototype, name, {
    value(this: Bound, ...args: unknown[]) {
      const call = Reflect.get(this.model, name) as (...args: unknown[]) => unknown;
      return this.scheduler.step(this.actor, `${this.group}.${name}`, () => call(...args));
    },
  });
}

/** The whole simulated world of one seed. */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly mongo: MongoState = noMongo();
  /** The provider's own books. */
  readonly books = new Map<string, Payment>();
  redis: RedisState = new Map();
  /** The other side of a split brain, while there is one. */
  otherSide: RedisState | undefined;
  nowMs = 1_000_000;
  /** Whether Redis has forgotten anything that it had answered. */
  lostData = false;
  readonly counted: Record<string, number> = {};
  /** The deadline that a shopper was last told, by order. */
  readonly promised = new Map<string, number>();
  readonly #side = new WeakMap<Actor, boolean>();

  readonly models;

  /** @param recording keep the history of every step */
  constructor(seed: number, recording: boolean) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random, recording);
    const orders = orderModel(this.mongo);
    this.models = {
      redis: redisModel({ state: () => this.stateFor(this.scheduler.acting!), nowMs: () => this.nowMs }),
      orders: { ...orders, cancel: this.#watchCancel(orders.cancel) },
      truth: truthModel(this.mongo),
      inbox: inboxModel(this.mongo),
      money: moneyModel(this.mongo, this.books),
    };
  }

  count(what: string): void {
    this.counted[what] = (this.counted[what] ?? 0) + 1;
  }

  actor(name: string): Actor {
    this.count(name.split(' ')[0]!);
    return { name, alive: true, asleepUntil: 0 };
  }

  /** The side of a split brain on which an actor is; drawn once per actor and split. */
  stateFor(actor: Actor): RedisState {
    if (!this.otherSide) return this.redis;
    if (!this.#side.has(actor)) this.#side.set(actor, this.random.chance(0.5));
    return this.#side.get(actor) ? this.otherSide : this.redis;
  }

  /** The shop as one process sees it: every call is a step of the scheduler. */
  shop(actor: Actor): SimShop {
    const bind = <T extends object>(group: keyof World['models']) =>
      new Bound(this.scheduler, actor, group, this.models[group]) as unknown as T;
    const money = bind<Stepped<ReturnType<typeof moneyModel>>>('money');
    const provider: PaymentProvider = {
      name: 'sandbox',
      verify: () => ({ status: 'malformed' }),
      capture: ({ paymentId }) => money.capture(paymentId),
      giveBack: ({ paymentId }) => money.giveBack(paymentId),
    };
    const outbox: Outbox = {
      owe: (event: PaymentEvent) => money.owe(event),
      owes: async (paymentId: string) => (await money.owed(paymentId)) !== undefined,
      pay: async (paymentId: string) => {
        const owed = await money.owed(paymentId);
        if (!owed || owed.done) return;
        await provider.giveBack(owed.event);
        await money.paid(paymentId);
      },
      payAll: async () => {
        const pending = await money.pending();
        for (const paymentId of pending) await outbox.pay(paymentId);
        return pending.length;
      },
    };
    return {
      inventory: bind<InventoryScripts>('redis'),
      orders: bind<OrderStore>('orders'),
      truth: bind<CatalogTruth>('truth'),
      inbox: bind<Inbox>('inbox'),
      provider,
      outbox,
      closeCart: async () => {},
      newOrderId: () => this.random.uuid(),
    };
  }

  /** I12, seen at the only place where an order can expire. */
  #watchCancel(cancel: ReturnType<typeof orderModel>['cancel']): typeof cancel {
    return (orderId, reason, atMs, options) => {
      const before = this.mongo.orders.get(orderId);
      const deadlineMs =
        before?.status === 'RESERVED' ? Math.max(before.deadlineMs, this.promised.get(orderId) ?? 0) : 0;
      const after = cancel(orderId, reason, atMs, options);
      if (
        before &&
        reason === 'EXPIRED' &&
        deadlineMs > this.nowMs &&
        after?.status === 'CANCELLED' &&
        deadlineMs > 0
      ) {
        throw new BrokenError(`I12: ${orderId} expired ${deadlineMs - this.nowMs} ms before its deadline`);
      }
      return after;
    };
  }
}

/** Steps that change nothing. */
const LOOKS = new Set([
  'redis.readHold',
  'redis.due',
  'redis.counts',
  'redis.ownersOf',
  'redis.ownersPage',
  'redis.holdsPage',
  'redis.holdsCount',
  'redis.rebuildStart',
  'redis.rebuildClear',
  'redis.rebuildStock',
  'orders.find',
  'orders.page',
  'truth.sale',
  'truth.saleIds',
  'inbox.waiting',
  'money.owed',
  'money.pending',
]);

/** What must hold after every step, on every side of Redis and in MongoDB. */
export function checkAlways(world: World): void {
  if (LOOKS.has(world.scheduler.last)) return;
  for (const state of [world.redis, world.otherSide]) if (state) checkUnits(state);
  const buyers = new Map<string, string>();
  for (const order of world.mongo.orders.values()) {
    if (order.status === 'CANCELLED') continue;
    for (const token of Object.values(tokensOf(order)).flat()) {
      const other = buyers.get(token);
      if (other) throw new BrokenError(`I2: ${token} is in two live orders, ${other} and ${order.orderId}`);
      buyers.set(token, order.orderId);
    }
  }
  for (const [paymentId, { captured, givenBack }] of world.books) {
    if (captured && givenBack) throw new BrokenError(`I8: ${paymentId} was captured and given back`);
  }
}

/** I1: each unit up to the watermark is in exactly one place; none beyond it is free. */
function checkUnits(state: RedisState): void {
  for (const [saleId, { ready, torn, products }] of state) {
    if (!ready || torn) continue;
    for (const [productId, { stock, held, sold }] of products) {
      const minted = ready.minted.get(productId) ?? 0;
      const seen = new Set<string>();
      let within = 0;
      for (const [tokens, where] of [
        [stock, 'free'],
        [held.keys(), 'held'],
        [sold.keys(), 'sold'],
      ] as const) {
        for (const token of tokens) {
          if (seen.has(token))
            throw new BrokenError(`I1: ${token} of ${saleId} is in two places, one of them ${where}`);
          seen.add(token);
          if (Number(token.slice(productId.length + 1)) <= minted) within += 1;
          else if (where === 'free') throw new BrokenError(`I1: ${token} is free and was never minted`);
        }
      }
      if (within !== minted) throw new BrokenError(`I1: ${saleId} has ${within} of ${minted} units of ${productId}`);
    }
  }
}

/** What shoppers, providers and operators were told. */
export interface Heard {
  /** Orders that a checkout has answered. */
  acknowledged: Set<string>;
  /** Orders whose payment was answered as won. */
  paid: Set<string>;
  payments: Map<string, PaymentEvent>;
  /** Sold units without a PAID order that reconcile has reported: for a human, never repaired silently. */
  alarmed: Set<string>;
}

/** I3, I4, I5, I8, I11, I14, I15: what must hold when everything has come to rest. */
export function checkAtRest(world: World, { acknowledged, paid, payments, alarmed }: Heard): void {
  const { orders, sales, inbox } = world.mongo;
  for (const orderId of acknowledged) must(orders.has(orderId), `I14: the order ${orderId} is gone`);
  for (const orderId of paid) must(orders.get(orderId)?.status === 'PAID', `I7: ${orderId} was PAID and is not`);
  for (const { orderId, status } of orders.values())
    must(status !== 'RESERVED', `I11: ${orderId} is RESERVED for ever`);
  for (const [saleId, { products }] of sales)
    for (const { _id, minted } of products) checkProduct(world, saleId, _id, minted, alarmed);
  for (const { event, done } of inbox.values()) must(done, `I11: the event ${event.eventId} is not processed`);
  for (const [paymentId, { orderId, type }] of payments) {
    if (type !== 'payment.authorized') continue;
    const { captured = 0, givenBack = 0 } = world.books.get(paymentId) ?? {};
    const order = orders.get(orderId);
    const won = order?.status === 'PAID' && order.payment === paymentId ? 1 : 0;
    must(
      captured === won && givenBack === 1 - won,
      `I8: ${paymentId} won ${won}x, was captured ${captured}x, given back ${givenBack}x`,
    );
  }
  const conflicts = [...orders.values()].filter(({ reason, saleId }) => reason === 'CONFLICT' && saleId).length;
  world.counted.conflicts = conflicts;
  must(conflicts === 0 || world.lostData, `I15: ${conflicts} token conflicts, and Redis lost nothing`);
}

function checkProduct(world: World, saleId: string, productId: string, minted: number, alarmed: Set<string>): void {
  const sale = world.redis.get(saleId);
  must(sale?.ready !== undefined, `${saleId} is not ready`);
  // A PAID order whose unit Redis has sold to a cancelled one keeps its hold until a human has looked.
  const left = [...(sale?.holds.values() ?? [])].filter(
    ({ tokens }) => ![...tokens.values()].flat().some((token) => alarmed.has(token)),
  );
  must(left.length === 0, `I5: ${left.length} holds are left in ${saleId}`);
  const { stock, sold } = sale?.products.get(productId) ?? noRecords();
  const paid = new Map<string, string>();
  for (const order of world.mongo.orders.values()) {
    if (order.status === 'PAID') for (const token of tokensOf(order)[productId] ?? []) paid.set(token, order.orderId);
  }
  for (const [token, orderId] of paid)
    must(sold.get(token) === orderId || alarmed.has(token), `I4: ${token} is not sold to the PAID order ${orderId}`);
  for (const [token, orderId] of sold)
    must(
      paid.get(token) === orderId || alarmed.has(token),
      `I4: ${token} is sold to ${orderId}, which is not a PAID order of it`,
    );
  must(
    stock.length === minted - sold.size,
    `I11: ${productId} has ${stock.length} free of ${minted} minted, ${sold.size} sold`,
  );
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new BrokenError(what);
}
