import type { Alarms } from '#lib/alarms/index.ts';
import type { InventoryScripts } from '#lib/inventory/index.ts';
import { type OrderStore, tokensOf } from '#lib/orders/index.ts';
import type { BegunPayments, Counter, Inbox, Outbox, PaymentProvider } from '#lib/payments/index.ts';
import type { CatalogTruth, Reconciler } from '#lib/reconcile/index.ts';
import { type Books, bankModel } from './bank-model.ts';
import {
  begunModel,
  inboxModel,
  type MongoState,
  noMongo,
  orderModel,
  outboxModel,
  truthModel,
} from './mongo-model.ts';
import { Random } from './random.ts';
import { redisModel } from './redis-model.ts';
import { noRecords, type RedisState } from './redis-state.ts';
import { type Actor, NoAnswerError, Scheduler } from './scheduler.ts';
import { BrokenError, Watch } from './watch.ts';

/** What one process of the shop works through: the real service code gets this. */
export type SimShop = Omit<Counter & Reconciler, 'catalog'>;

type Stepped<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never };

/** A model as one actor calls it: each method is a step. */
function boundKind(world: World, group: string, model: object): new (actor: Actor) => object {
  class Bound {
    readonly actor: Actor;
    constructor(actor: Actor) {
      this.actor = actor;
    }
  }
  for (const name of Object.keys(model)) {
    const what = `${group}.${name}`;
    const call = (...args: unknown[]) => (Reflect.get(model, name) as (...args: unknown[]) => unknown)(...args);
    Object.defineProperty(Bound.prototype, name, {
      value(this: Bound, ...args: unknown[]) {
        const op = () => call(...args);
        return world.scheduler.step(this.actor, what, group === 'bank' ? () => world.providerAway() ?? op() : op);
      },
    });
  }
  return Bound;
}

/** The whole simulated world of one seed. */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly mongo: MongoState = noMongo();
  /** The provider's own books. */
  readonly books: Books = new Map();
  redis: RedisState = new Map();
  /** The other side of a split brain, while there is one. */
  otherSide: RedisState | undefined;
  nowMs = 1_000_000;
  /** Whether Redis has forgotten anything that it had answered. */
  lostData = false;
  readonly counted: Record<string, number> = {};
  /** The latest time that Redis's clock has shown: it may jump back. */
  latestMs = this.nowMs;
  wentBack = false;
  /** What the clocks of the machines of web and worker processes are ahead of Redis's, or behind it. */
  readonly aheadMs: { web: number; worker: number };
  /** The provider answers nobody until that step, and has not answered so often. */
  awayUntil = 0;
  unanswered = 0;
  readonly watch = new Watch(this);
  readonly #side = new WeakMap<Actor, boolean>();

  readonly models;
  readonly #kinds: Record<string, new (actor: Actor) => object>;

  /** @param recording keep the history of every step */
  constructor(seed: number, recording: boolean) {
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random, recording);
    const HOUR_MS = 60 * 60_000;
    const ahead = () => this.random.pick([0, -HOUR_MS, HOUR_MS]);
    this.aheadMs = { web: ahead(), worker: ahead() };
    const redis = redisModel({ state: () => this.redisNow, nowMs: () => this.nowMs });
    this.models = {
      redis: this.watch.redis(redis),
      orders: this.watch.orders(orderModel(this.mongo)),
      truth: truthModel(this.mongo),
      inbox: inboxModel(this.mongo),
      outbox: outboxModel(this.mongo),
      begun: begunModel(this.mongo),
      alarms: {
        raise: (kind: string, subject: string) => void this.mongo.alarms.add(`${kind}:${subject}`),
        over: (kind: string, subject: string) => void this.mongo.alarms.delete(`${kind}:${subject}`),
      },
      bank: this.watch.bank(bankModel(this.books)),
    };
    this.#kinds = Object.fromEntries(
      Object.entries(this.models).map(([group, model]) => [group, boundKind(this, group, model)]),
    );
  }

  count(what: string): void {
    this.counted[what] = (this.counted[what] ?? 0) + 1;
  }

  actor(name: string): Actor {
    this.count(name.split(' ')[0]!);
    return { name, alive: true, asleepUntil: 0 };
  }

  /** Time passes by Redis's clock, or goes back. */
  pass(ms: number): void {
    this.nowMs += ms;
    this.wentBack ||= ms < 0;
    this.latestMs = Math.max(this.latestMs, this.nowMs);
  }

  /** @returns what whoever asks the provider gets while it is away */
  providerAway(): NoAnswerError | undefined {
    if (this.scheduler.steps >= this.awayUntil) return undefined;
    this.unanswered += 1;
    return new NoAnswerError('the provider is away');
  }

  /** The Redis that whoever is acting reaches. */
  get redisNow(): RedisState {
    return this.stateFor(this.scheduler.acting!);
  }

  /** The side of a split brain on which an actor is; drawn once per actor and split. */
  stateFor(actor: Actor): RedisState {
    if (!this.otherSide) return this.redis;
    if (!this.#side.has(actor)) this.#side.set(actor, this.random.chance(0.5));
    return this.#side.get(actor) ? this.otherSide : this.redis;
  }

  /** The shop as one process sees it: every call is a step of the scheduler. */
  shop(actor: Actor): SimShop {
    const bind = <T extends object>(group: keyof World['models']) => new this.#kinds[group]!(actor) as unknown as T;
    const bank = bind<Stepped<ReturnType<typeof bankModel>>>('bank');
    const provider: PaymentProvider = {
      name: 'sandbox',
      verify: () => ({ status: 'malformed' }),
      authorise: bank.authorise.bind(bank),
      capture: bank.capture.bind(bank),
      void: bank.void.bind(bank),
      refund: bank.refund.bind(bank),
      lookup: bank.lookup.bind(bank),
    };
    return {
      inventory: bind<InventoryScripts>('redis'),
      orders: bind<OrderStore>('orders'),
      truth: bind<CatalogTruth>('truth'),
      inbox: bind<Inbox>('inbox'),
      provider,
      outbox: bind<Outbox>('outbox'),
      begun: bind<BegunPayments>('begun'),
      alarms: bind<Pick<Alarms, 'raise' | 'over'>>('alarms'),
      afterPaid: async () => {},
      newId: () => this.random.uuid(),
      nowMs: () => this.nowMs + (WEB.has(actor.name) ? this.aheadMs.web : this.aheadMs.worker),
      redisNowMs: () => this.scheduler.step(actor, 'redis.time', () => this.nowMs),
    };
  }
}

/** Who acts in a web process; all others are workers. */
const WEB = new Set(['buyer', 'webhook', 'minter']);

/** Steps that change nothing of a product's units. */
const LOOKS = new Set([
  'redis.time',
  'redis.readHold',
  'redis.extend',
  'redis.configure',
  'redis.due',
  'redis.counts',
  'redis.ownersOf',
  'redis.ownersPage',
  'redis.holdsPage',
  'redis.holdsCount',
  'redis.rebuildStart',
  'redis.rebuildClear',
  'redis.rebuildOrder',
  'redis.rebuildStock',
]);

/** What must hold after every step on every side of Redis; what the other stores promise, `Watch` sees. */
export function checkAlways(world: World): void {
  const { last } = world.scheduler;
  if (!last.startsWith('redis.') || LOOKS.has(last)) return;
  for (const state of [world.redis, world.otherSide]) if (state) checkUnits(state);
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
  /** Sold units without a PAID order that reconcile has reported: for a human, never repaired silently. */
  alarmed: Set<string>;
}

/** I3, I4, I5, I8, I11, I14: what must hold when everything has come to rest. */
export function checkAtRest(world: World, { acknowledged, paid, alarmed }: Heard): void {
  const { orders, sales, inbox, begun, alarms } = world.mongo;
  for (const orderId of acknowledged) must(orders.has(orderId), `I14: the order ${orderId} is gone`);
  for (const orderId of paid) must(orders.get(orderId)?.status === 'PAID', `I7: ${orderId} was PAID and is not`);
  for (const { orderId, status } of orders.values())
    must(status !== 'RESERVED', `I11: ${orderId} is RESERVED for ever`);
  for (const [saleId, { products }] of sales)
    for (const { _id, minted } of products) checkProduct(world, saleId, _id, minted, alarmed);
  for (const { event, done } of inbox.values()) must(done, `I11: the event ${event.eventId} is not processed`);
  for (const { orderId, ended } of begun.values())
    must(ended, `I11: the payment of ${orderId} is looked after for ever`);
  for (const { orderId, status, payment } of orders.values())
    must(
      status !== 'PAID' || world.books.get(payment ?? '')?.orderId === orderId,
      `I8: ${orderId} was bought by ${payment}, which is no payment of it`,
    );
  for (const [paymentId, entry] of world.books) {
    const { orderId, standing, authorized, captured, voided, refunded, lapsed, outside } = entry;
    const order = orders.get(orderId);
    const won = order?.status === 'PAID' && order.payment === paymentId;
    const story = `${paymentId} ${won ? 'won' : 'lost'} and is ${standing}`;
    if (won && lapsed) must(alarms.has(`captureFailed:${orderId}`), `I8: ${story}, and nobody was told`);
    else if (won && outside)
      must(
        alarms.has(`refundedOutside:${orderId}`) || alarms.has(`captureFailed:${orderId}`),
        `I8: ${story}, and nobody was told`,
      );
    else if (won) must(captured === 1 && refunded === 0, `I8: ${story}`);
    else if (authorized) must(voided + refunded === 1 && captured === refunded, `I8: ${story}`);
    else must(!entry.begun || standing !== 'open', `I8: ${story}: somebody may still pay for nothing`);
  }
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
