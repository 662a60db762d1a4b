import type { InventoryScripts } from '#lib/inventory/index.ts';
import { type Order, type OrderStore, tokensOf } from '#lib/orders/index.ts';
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
import type { RedisState } from './redis-state.ts';
import { type Actor, Scheduler } from './scheduler.ts';

/** Thrown when the protocol has broken a promise. */
export class BrokenError extends Error {
  override name = 'BrokenError';
}

/** What one process of the shop works through: the real service code gets this. */
export type SimShop = Omit<Payments & Reconciler, 'catalog'>;

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

  constructor(seed: number) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random);
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
    const stepped = <T extends object>(prefix: string, model: { [K in keyof T]: unknown }): T =>
      Object.fromEntries(
        Object.entries(model as Record<string, (...args: unknown[]) => unknown>).map(([name, call]) => [
          name,
          (...args: unknown[]) => this.scheduler.step(actor, `${prefix}.${name}`, () => call(...args)),
        ]),
      ) as T;
    const orders = orderModel(this.mongo);
    const watched = { ...orders, cancel: this.#watchCancel(orders.cancel) };
    const money = moneyModel(this.mongo, this.books);
    const step = <T>(what: string, op: () => T) => this.scheduler.step(actor, what, op);
    const provider: PaymentProvider = {
      name: 'sandbox',
      verify: () => ({ status: 'malformed' }),
      capture: ({ paymentId }) => step('provider.capture', () => money.capture(paymentId)),
      giveBack: ({ paymentId }) => step('provider.giveBack', () => money.giveBack(paymentId)),
    };
    const outbox: Outbox = {
      owe: (event: PaymentEvent) => step('outbox.owe', () => money.owe(event)),
      pay: async (paymentId: string) => {
        const owed = await step('outbox.owed', () => money.owed(paymentId));
        if (!owed || owed.done) return;
        await provider.giveBack(owed.event);
        await step('outbox.paid', () => money.paid(paymentId));
      },
      payAll: async () => {
        const pending = await step('outbox.pending', () => money.pending());
        for (const paymentId of pending) await outbox.pay(paymentId);
        return pending.length;
      },
    };
    return {
      inventory: stepped<InventoryScripts>(
        'redis',
        redisModel({ state: () => this.stateFor(actor), nowMs: () => this.nowMs }),
      ),
      orders: stepped<OrderStore>('mongo', watched),
      truth: stepped<CatalogTruth>('mongo', truthModel(this.mongo)),
      inbox: stepped<Inbox>('mongo', inboxModel(this.mongo)),
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

/** What must hold after every step, on every side of Redis and in MongoDB. */
export function checkAlways(world: World): void {
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
  for (const [saleId, { ready, products }] of state) {
    if (!ready) continue;
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

/** I3, I4, I5, I8, I11, I14, I15: what must hold when everything has come to rest. */
export function checkAtRest(
  world: World,
  acknowledged: Set<string>,
  paid: Set<string>,
  payments: Map<string, PaymentEvent>,
): void {
  const fail = (what: string): never => {
    throw new BrokenError(what);
  };
  for (const orderId of acknowledged) if (!world.mongo.orders.has(orderId)) fail(`I14: the order ${orderId} is gone`);
  for (const orderId of paid)
    if (world.mongo.orders.get(orderId)?.status !== 'PAID') fail(`I7: ${orderId} was PAID and is not`);
  for (const order of world.mongo.orders.values())
    if (order.status === 'RESERVED') fail(`I11: ${order.orderId} is RESERVED for ever`);
  for (const [saleId, { products }] of world.mongo.sales)
    checkSaleAtRest(
      world,
      saleId,
      products.map(({ _id, minted }) => [_id, minted]),
      fail,
    );
  for (const { event, done } of world.mongo.inbox.values())
    if (!done) fail(`I11: the event ${event.eventId} is not processed`);
  for (const [paymentId, { orderId, type }] of payments) {
    const { captured = 0, givenBack = 0 } = world.books.get(paymentId) ?? {};
    const order = world.mongo.orders.get(orderId);
    const won = order?.status === 'PAID' && order.payment === paymentId;
    if (type !== 'payment.authorized') continue;
    if (won && (captured !== 1 || givenBack !== 0))
      fail(`I8: ${paymentId} won and was captured ${captured}x, given back ${givenBack}x`);
    if (!won && (captured !== 0 || givenBack !== 1))
      fail(`I8: ${paymentId} lost and was captured ${captured}x, given back ${givenBack}x`);
  }
  const conflicts = [...world.mongo.orders.values()].filter(
    ({ reason, saleId }) => reason === 'CONFLICT' && saleId,
  ).length;
  world.counted.conflicts = conflicts;
  if (conflicts > 0 && !world.lostData) fail(`I15: ${conflicts} token conflicts, and Redis lost nothing`);
}

function checkSaleAtRest(
  world: World,
  saleId: string,
  products: [string, number][],
  fail: (what: string) => never,
): void {
  const sale = world.redis.get(saleId);
  if (!sale?.ready) {
    fail(`${saleId} is not ready`);
    return;
  }
  if (sale.holds.size > 0 || sale.deadlines.size > 0) fail(`I5: ${sale.holds.size} holds are left in ${saleId}`);
  const sold = new Map<string, string>();
  const owners: Order[] = [...world.mongo.orders.values()].filter(
    (order) => order.saleId === saleId && order.status === 'PAID',
  );
  for (const order of owners) for (const token of Object.values(tokensOf(order)).flat()) sold.set(token, order.orderId);
  for (const [productId, minted] of products) {
    const records = sale.products.get(productId);
    const here = [...sold].filter(([token]) => token.startsWith(`${productId}-`));
    for (const [token, orderId] of here)
      if (records?.sold.get(token) !== orderId) fail(`I4: ${token} is not sold to the PAID order ${orderId}`);
    if ((records?.sold.size ?? 0) !== here.length) fail(`I4: ${productId} has sold units without a PAID order`);
    if ((records?.stock.length ?? 0) !== minted - here.length)
      fail(`I11: ${productId} has ${records?.stock.length} free of ${minted} minted, ${here.length} sold`);
  }
}
