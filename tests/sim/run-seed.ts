import type { Product, Sale } from '#lib/catalog/index.ts';
import { mint } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import {
  type CheckoutRequest,
  cancel,
  checkout,
  expire,
  extend,
  type Order,
  repeat,
  sweep,
} from '#lib/orders/index.ts';
import { lookAfter, type PaymentEvent, receive, redo, type Started, start } from '#lib/payments/index.ts';
import { rebuildSale, reconcile } from '#lib/reconcile/index.ts';
import { giveBack, lapse, pay } from './bank-model.ts';
import type { Random } from './random.ts';
import { productRecords, type RedisState, type SaleRecords, saleRecords } from './redis-state.ts';
import { type Actor, NoAnswerError } from './scheduler.ts';
import { BrokenError } from './watch.ts';
import { checkAlways, checkAtRest, type Heard, type SimShop, World } from './world.ts';

export interface SeedResult {
  seed: number;
  steps: number;
  counted: Record<string, number>;
}

/** What happens at some step: the other faults happen to an event or to an answer. */
const AT_A_STEP = [
  'crash',
  'pause',
  'clock jump ahead',
  'clock jump back',
  'lapsed authorization',
  'outside refund',
  'provider away',
] as const;

/** What may go wrong; those in the second list lose what Redis has answered. Counted when it has had an effect. */
export const FAULTS = [
  ...AT_A_STEP,
  'silent provider',
  'lost request',
  'lost reply',
  're-sent command',
  'duplicate event',
  'late event',
  'lost event',
  'reordered event',
  'misaddressed event',
] as const;
export const LOSSES = ['rollback', 'flush', 'split brain', 'torn transaction', 'lost timer'] as const;
type Fault = (typeof FAULTS)[number] | (typeof LOSSES)[number];

/** A failing seed, with everything that happened in it. */
export class SeedError extends Error {
  override name = 'SeedError';
  readonly seed: number;
  readonly history: string[];
  constructor(seed: number, cause: Error, history: string[]) {
    super(`seed ${seed}: ${cause.message}`, { cause });
    this.seed = seed;
    this.history = history;
  }
}

/** What may keep a process from its work: an answer that never came, or a hold that kept changing. */
const mayHappen = (error: unknown) =>
  error instanceof NoAnswerError || (error instanceof Error && error.name === 'UnsettledError');

/** What a round found, if nothing but that kept it from an order. */
function expected<T extends { errors: unknown[] }>(round: T): T {
  for (const error of round.errors) if (!mayHappen(error)) throw error;
  return round;
}

interface Interrupted {
  actor: Actor;
  request?: CheckoutRequest;
  after?: string;
  act?: (step: string) => void;
}

const STEPS = 300;
const QUIET_ROUNDS = 14;

/**
 * One seed's story: who comes, what goes wrong, and what is left when all has come to rest. A seed that fails is told once
 * more, for its history.
 * @param sabotage breaks the world on purpose, to see what becomes of it
 * @throws SeedError when a promise was broken
 */
export async function runSeed(
  seed: number,
  { dataLoss = true, sabotage = (_: World): void => {} } = {},
): Promise<SeedResult> {
  const tell = async (recording: boolean) => {
    const world = new World(seed, recording);
    sabotage(world);
    const error = await new Story(world, dataLoss).tell().catch((thrown: Error) => thrown);
    return { world, error };
  };
  const { world, error } = await tell(false);
  if (error) {
    const again = await tell(true);
    if (again.error?.message !== error.message || again.world.scheduler.steps !== world.scheduler.steps)
      throw new Error(`seed ${seed} does not replay: first "${error.message}", then "${again.error?.message}"`);
    throw new SeedError(seed, error, again.world.scheduler.history);
  }
  const { counted, scheduler, unanswered } = world;
  for (const [what, times] of Object.entries(scheduler.lost)) counted[`fault ${what}`] = times;
  counted['fault provider away'] = unanswered;
  return { seed, steps: scheduler.steps, counted };
}

/** The second sale's currency has no decimals. */
const currencyOf = (saleId: string) => (saleId === 's0' ? 'EUR' : 'JPY');

class Story implements Heard {
  readonly world: World;
  readonly random: Random;
  readonly dataLoss: boolean;
  readonly holdMs: number;
  readonly acknowledged = new Set<string>();
  readonly paid = new Set<string>();
  readonly alarmed = new Set<string>();
  readonly payments = new Map<string, PaymentEvent>();
  /** Events on their way to the shop: late, twice, out of order, or lost and sent again at the end. */
  readonly wire: PaymentEvent[] = [];
  readonly requests: CheckoutRequest[] = [];
  readonly running = new Set<Promise<void>>();
  broken: Error | undefined;
  /** Somebody between whose steps something comes: `act`, at the first step that is not `after`. */
  interrupted: Interrupted | undefined;
  /** An earlier state of Redis that a rollback may bring back. */
  saved: RedisState | undefined;
  saveUntil = 0;

  constructor(world: World, dataLoss: boolean) {
    this.world = world;
    this.random = world.random;
    this.dataLoss = dataLoss;
    this.holdMs = 20 + this.random.below(60);
  }

  async tell(): Promise<void> {
    this.open();
    const { scheduler } = this.world;
    const lose = this.random.chance(0.3) ? 0.02 : 0;
    const faults = this.random.below(8);
    for (let done = 0; scheduler.steps < STEPS; ) {
      this.world.pass(this.random.below(3));
      this.arrivals();
      if (done < faults && this.random.chance(0.03)) {
        done += 1;
        this.strike();
      }
      this.rollBack();
      this.interrupt();
      await scheduler.turn(lose);
      this.check();
    }
    await this.rest();
  }

  /** One to two sales of one to two products of one to four units, in MongoDB; Redis gets them by the same rebuild that repairs. */
  open(): void {
    const sales = 1 + this.random.below(2);
    for (let s = 0; s < sales; s++) {
      const saleId = `s${s}`;
      const limit = this.random.chance(0.3) ? 2 : null;
      const products = Array.from(
        { length: 1 + this.random.below(2) },
        (_, p) =>
          ({
            _id: `${saleId}p${p}`,
            sale: saleId,
            minted: 1 + this.random.below(4),
            limitPerCustomer: limit,
          }) as Product,
      );
      const sale = {
        _id: saleId,
        opensAt: null,
        closesAt: null,
        holdSeconds: this.holdMs / 1000,
        extendSeconds: this.holdMs / 2000,
        paused: false,
        holdsBeforeWait: this.random.chance(0.3) ? 1 + this.random.below(3) : 0,
        epoch: 0,
      } as Sale;
      this.world.mongo.sales.set(saleId, { sale, products });
      this.start('opener', (shop) => rebuildSale(shop, saleId));
    }
    const buyers = 2 + this.random.below(6);
    for (let b = 0; b < buyers; b++) this.start('buyer', (shop, actor) => this.buy(shop, actor, this.request()));
  }

  /** A checkout that something comes between, at the very step between Redis and MongoDB. */
  begin(request: CheckoutRequest): void {
    const actor = this.start('buyer', (shop, me) => this.buy(shop, me, request));
    this.interrupted = { request, actor };
  }

  /**
   * When it has its hold and not its order: a payment for it comes out of nowhere; or its process stands still or dies, and
   * its shopper asks again. Then, sometimes, Redis forgets everything while that one is on its way.
   */
  interrupt(): void {
    const { random, world, interrupted } = this;
    const next = interrupted && world.scheduler.nextOf(interrupted.actor);
    if (!interrupted || !next || next === interrupted.after) return;
    const { actor, request, act } = interrupted;
    if (act) {
      this.interrupted = undefined;
      act(next);
    } else if (next === 'orders.insertReserved') {
      const [what, orderId] = [random.next(), this.stray()];
      world.scheduler.pause(actor, 100 + random.below(100));
      world.count('fault pause');
      if (what < 0.3) {
        this.payStray(orderId, actor);
        return;
      }
      if (what < 0.6 && this.fault('crash', actor)) world.count('fault crash');
      const again = { ...request!, ...(random.chance(0.7) ? {} : { expectedTotal: 1 }) };
      const repeated = this.start('buyer', (shop, me) => this.buy(shop, me, again));
      const forget = (step: string) => {
        if (step === 'redis.readHold' && this.dataLoss && random.chance(0.3) && this.fault('flush'))
          world.count('fault flush');
      };
      this.interrupted = { actor: repeated, after: 'redis.reserve', act: forget };
    }
  }

  /** A payment for an order that is not there yet: it comes to be while that is found out. */
  payStray(orderId: string, placing: Actor): void {
    const payment = { paymentId: `stray ${orderId}`, orderId, amount: 5, currency: 'EUR' };
    if (!pay(this.world.books, payment, 'authorized')) return;
    const event = { eventId: `stray ${orderId}`, type: 'payment.authorized', ...payment };
    this.payments.set(event.eventId, event);
    const webhook = this.deliver(event);
    const meet = (step: string) => {
      if (step !== 'orders.find') return;
      this.interrupted = { actor: webhook, after: step, act: () => this.swap(webhook, placing) };
    };
    this.interrupted = { actor: webhook, after: 'inbox.store', act: meet };
  }

  /** Whoever stood still goes on, and the other one stands still. */
  swap(to: Actor, from: Actor): void {
    from.asleepUntil = 0;
    this.world.scheduler.pause(to, 40);
  }

  start(name: string, work: (shop: SimShop, actor: Actor) => Promise<unknown>): Actor {
    const actor = this.world.actor(name);
    const running: Promise<void> = Promise.resolve()
      .then(() => work(this.world.shop(actor), actor))
      .then(
        () => {},
        (error: Error) => {
          if (mayHappen(error)) this.world.scheduler.note(actor, `gives up: ${error.message}`);
          else this.broken ??= error;
        },
      )
      .finally(() => this.running.delete(running));
    this.running.add(running);
    return actor;
  }

  arrivals(): void {
    const { random } = this;
    if (this.wire.length > 0 && random.chance(0.25)) {
      const at = random.below(this.wire.length);
      this.deliver(this.arrived(this.wire.splice(at, 1)[0]!, at > 0));
    }
    if (random.chance(0.05)) this.start('sweeper', async (shop) => expected(await sweep(shop, this.someSale())));
    if (random.chance(0.03))
      this.start('reconciler', async (shop) =>
        expected(await reconcile(shop as never, this.someSale(), { thorough: random.chance(0.5) })),
      );
    if (random.chance(0.02)) this.start('redoer', (shop) => redo(shop));
    if (random.chance(0.04)) this.start('looker', (shop) => lookAfter(shop));
    if (random.chance(0.03)) this.start('buyer', (shop, actor) => this.buy(shop, actor, this.request()));
    if (random.chance(0.0015)) this.begin({ ...this.request(), cartId: random.chance(0.7) ? random.uuid() : '' });
    if (random.chance(0.01)) this.start('minter', (shop) => this.mintMore(shop));
    const orders = [...this.world.mongo.orders.values()];
    if (orders.length > 0 && random.chance(0.03)) {
      const { saleId, orderId } = random.pick(orders);
      if (saleId) this.start('event', (shop) => expire(shop, saleId, random.chance(0.9) ? orderId : random.uuid()));
    }
    const [bought, other] = orders.length > 1 && random.chance(0.03) ? [random.pick(orders), random.pick(orders)] : [];
    if (bought?.payment && other && bought !== other) this.misaddress(bought.payment, other);
  }

  /** A checkout: buy now or of a cart, with a key or without, sometimes one that somebody has sent before. */
  request(): CheckoutRequest {
    const { random } = this;
    if (this.requests.length > 0 && random.chance(0.3)) return this.again(random.pick(this.requests));
    const [saleId, { products }] = random.pick([...this.world.mongo.sales]);
    const chosen = products.filter((_, i) => i === 0 || random.chance(0.4));
    const lines = chosen.map(({ _id }) => ({ productId: _id, name: '', price: 100, quantity: 1 + random.below(2) }));
    const print = lines.map(({ productId, quantity }) => `${productId}:${quantity}`).join(',');
    // Now and then a key is used again, perhaps in another sale.
    const { customer, key } =
      this.requests.length > 0 && random.chance(0.1)
        ? random.pick(this.requests)
        : { customer: `c${random.below(4)}`, key: random.chance(0.4) ? `k${random.below(1e6)}` : '' };
    const request: CheckoutRequest = {
      saleId,
      currency: currencyOf(saleId),
      taxBasisPoints: 1_900,
      customer,
      cartId: random.chance(0.4) ? random.uuid() : '',
      key,
      requestFingerprint: print,
      itemsFingerprint: print,
      expectedTotal: random.chance(0.06) ? 1 : undefined,
      lines,
    };
    this.requests.push(request);
    return request;
  }

  /** A request that was sent before: the same, or with another content under its cart or key. */
  again(request: CheckoutRequest): CheckoutRequest {
    const { random } = this;
    const chance = random.next();
    if (chance < 0.6) return request;
    if (chance < 0.7) return { ...request, expectedTotal: random.chance(0.5) ? 1 : undefined };
    const lines = request.lines.slice(0, 1).map((line) => ({ ...line, quantity: line.quantity === 1 ? 2 : 1 }));
    const print = lines.map(({ productId, quantity }) => `${productId}:${quantity}`).join(',');
    // A cart's request is "this cart", whatever is in it now.
    return {
      ...request,
      lines,
      itemsFingerprint: print,
      requestFingerprint: request.cartId && chance < 0.9 ? request.requestFingerprint : print,
    };
  }

  /** What one shopper does with an order: pay in time or late, once or twice; refuse; ask for more time; let go; walk away. */
  async buy(shop: SimShop, actor: Actor, request: CheckoutRequest): Promise<void> {
    const { random, world } = this;
    const outcome = await checkout(shop, request);
    world.count(`checkout ${outcome.status}`);
    if (outcome.status === 'outOfStock') world.watch.refused(actor, outcome.items);
    if (outcome.status === 'orderExpired') world.watch.over(outcome.orderId, request.customer, request.key);
    if (request.key !== '' && random.chance(0.3)) await this.askAgain(shop, request);
    if (outcome.status !== 'reserved' && outcome.status !== 'alreadyHeld') return;
    const { order } = outcome;
    this.acknowledged.add(order.orderId);
    world.watch.acknowledged(order, request.key);
    if (order.status !== 'RESERVED') return;
    if (random.chance(0.3)) {
      const extended = await extend(shop, order, random.pick(['asked', 'paying']));
      if (extended.status === 'extended') world.watch.promised(order.orderId, extended.deadlineMs);
      world.count(`extend ${extended.status}`);
    }
    if (random.chance(0.2)) await this.linger(actor);
    const choice = random.next();
    if (choice < 0.1) {
      world.count(`cancel ${(await cancel(shop, order, 'SHOPPER')).status}`);
      return;
    }
    const sum = {
      amount: random.chance(0.05) ? 1 : order.total,
      currency: random.chance(0.03) ? 'XTS' : order.currency,
    };
    const events =
      choice < 0.25
        ? ['payment.failed']
        : choice < 0.35
          ? ['payment.declined', 'payment.authorized']
          : choice < 0.85
            ? ['payment.authorized']
            : [];
    const begun = random.chance(0.3) ? await start(shop, order, '') : undefined;
    if (begun) world.count(`start ${begun.status}`);
    if (begun?.status === 'started') world.watch.promised(order.orderId, begun.deadlineMs);
    const paymentId = (n: number | string) =>
      begun?.status === 'started' ? begun.payment.paymentId : `${order.orderId}#${n}`;
    for (const [n, type] of events.entries())
      this.send(order.orderId, type, sum, paymentId(n), begun?.status === 'started');
    if (events.includes('payment.authorized') && random.chance(0.15))
      this.send(order.orderId, 'payment.authorized', sum, `${order.orderId}#again`, false);
    world.scheduler.note(actor, `sends ${events}`);
    const wrong = sum.amount !== order.total || sum.currency !== order.currency;
    if (begun && random.chance(wrong ? 0.9 : 0.2)) await this.payAgain(shop, actor, order, begun);
    if (random.chance(0.1)) {
      await this.linger(actor); // an old page: its order may have ended meanwhile
      world.count(`late ${(await extend(shop, (await shop.orders.find(order.orderId)) ?? order, 'asked')).status}`);
      world.count(`late cancel ${(await cancel(shop, order, 'SHOPPER')).status}`);
    }
    if (random.chance(0.15)) await this.buy(shop, actor, request); // again: the same cart, the same key
  }

  /** A shopper starts to pay once more: with the same payment, or with another after one that went back; and pays, or does not. */
  async payAgain(shop: SimShop, actor: Actor, order: Order, before: Started): Promise<void> {
    await this.linger(actor);
    const begun = await start(shop, order, '');
    if (begun.status !== 'started') return;
    this.world.watch.promised(order.orderId, begun.deadlineMs);
    const { paymentId, amount, currency } = begun.payment;
    if (before.status === 'started' && paymentId !== before.payment.paymentId) this.world.count('start another');
    if (this.random.chance(0.5)) this.send(order.orderId, 'payment.authorized', { amount, currency }, paymentId, true);
  }

  /** A repeat whose cart is empty by now, under its key, or with another content. */
  async askAgain(shop: SimShop, { customer, key, requestFingerprint }: CheckoutRequest): Promise<void> {
    const same = this.random.chance(0.8);
    const outcome = await repeat(shop, { customer, key, requestFingerprint: same ? requestFingerprint : 'another' });
    this.world.count(`repeat ${outcome?.status ?? 'of nothing'}`);
    if (outcome?.status === 'alreadyHeld') this.world.watch.acknowledged(outcome.order, key);
  }

  /** Some steps pass. */
  async linger(actor: Actor): Promise<void> {
    for (let steps = this.random.below(40); steps > 0; steps--)
      await this.world.scheduler.step(actor, 'lingers', () => {});
  }

  /**
   * A shopper acts at the provider, which tells the shop: once or more, late, out of order, at the end only; of a begun
   * payment perhaps never, since the shop asks by itself.
   */
  send(
    orderId: string,
    type: string,
    sum: Pick<PaymentEvent, 'amount' | 'currency'>,
    paymentId: string,
    begun: boolean,
  ): void {
    const { random, world } = this;
    const said = type === 'payment.authorized' && random.chance(begun ? 0.4 : 0.1) ? 'payment.captured' : type;
    const payment = { paymentId, orderId, ...sum };
    if (!pay(world.books, payment, said.slice('payment.'.length) as 'authorized')) return;
    const event = { eventId: `${paymentId} ${said}`, type: said, ...payment };
    if (begun && random.chance(0.3)) {
      world.count('fault silent provider');
      return;
    }
    this.payments.set(event.eventId, event);
    const copies = 1 + (random.chance(0.3) ? 1 : 0) + (random.chance(0.1) ? 1 : 0);
    if (random.chance(0.05))
      world.count('fault lost event'); // sent again at the end only
    else for (let i = 0; i < copies; i++) this.wire.push(event);
    if (random.chance(0.02)) this.send(this.stray(), 'payment.authorized', sum, `stray ${paymentId}`, false);
  }

  /** The provider says of a payment that has bought an order that it is for another one. */
  misaddress(paymentId: string, { orderId, total: amount, currency }: Order): void {
    const type = this.random.pick(['payment.authorized', 'payment.captured', 'payment.refunded', 'payment.voided']);
    this.world.count('fault misaddressed event');
    this.deliver({ eventId: `${paymentId} ${type} for ${orderId}`, type, paymentId, orderId, amount, currency });
  }

  /** An order that nobody knows, or one that is about to be. */
  stray(): string {
    const holds = [...saleRecords(this.world.redis, this.someSale()).holds.keys()];
    const unborn = holds.find((orderId) => !this.world.mongo.orders.has(orderId));
    return unborn && this.random.chance(0.7) ? unborn : this.random.uuid();
  }

  /** What is wrong with an event that arrives before all comes to rest; then everything is told once more. */
  arrived(event: PaymentEvent, reordered: boolean): PaymentEvent {
    const { world } = this;
    const { inbox, orders } = world.mongo;
    if (reordered) world.count('fault reordered event');
    if (inbox.has(event.eventId)) world.count('fault duplicate event');
    if ((orders.get(event.orderId)?.deadlineMs ?? world.nowMs) < world.nowMs) world.count('fault late event');
    return event;
  }

  deliver(event: PaymentEvent): Actor {
    return this.start('webhook', async (shop) => {
      const settled = await receive(shop, event);
      if (settled === 'stored before') return;
      this.world.count(`settle ${settled.status}`);
      if (settled.status === 'paid') this.paid.add(event.orderId);
    });
  }

  async mintMore(shop: SimShop): Promise<void> {
    const [saleId, { products }] = this.random.pick([...this.world.mongo.sales]);
    const product = this.random.pick(products);
    product.minted += 1;
    await mint(shop.inventory, saleId, product._id, product.minted);
  }

  someSale(): string {
    return this.random.pick([...this.world.mongo.sales.keys()]);
  }

  strike(): void {
    const { random, world } = this;
    const kind = random.pick<Fault>([...AT_A_STEP, ...(this.dataLoss ? [...LOSSES, 'rollback' as const] : [])]);
    world.scheduler.note(undefined, `FAULT ${kind}`);
    if (this.fault(kind)) world.count(`fault ${kind}`);
  }

  /** @returns whether there was anything that it could strike; what strikes later is counted then */
  fault(kind: Fault, whom?: Actor): boolean {
    const { random, world, holdMs } = this;
    const actors = whom ? [whom] : world.scheduler.actors();
    switch (kind) {
      case 'crash':
        if (actors.length > 0) world.scheduler.crash(random.pick(actors));
        return actors.length > 0;
      case 'pause':
        if (actors.length > 0) world.scheduler.pause(random.pick(actors), 50 + random.below(150));
        return actors.length > 0;
      case 'clock jump ahead':
        world.pass(holdMs * 2);
        return true;
      case 'clock jump back':
        world.pass(-random.below(holdMs * 2) - 1);
        return true;
      case 'lapsed authorization': {
        const authorized = [...world.books.values()].filter(({ standing }) => standing === 'authorized');
        if (authorized.length > 0) lapse(random.pick(authorized));
        return authorized.length > 0;
      }
      case 'outside refund': {
        const captured = [...world.books.values()].filter(({ standing }) => standing === 'captured');
        if (captured.length === 0) return false;
        const entry = random.pick(captured);
        giveBack(entry);
        const { paymentId, orderId, amount, currency } = entry;
        const event = { eventId: `${paymentId} back`, type: 'payment.refunded', paymentId, orderId, amount, currency };
        this.payments.set(event.eventId, event);
        this.wire.push(event);
        return true;
      }
      case 'provider away':
        world.awayUntil = world.scheduler.steps + 20 + random.below(60);
        return false;
      case 'lost timer': {
        const sale = saleRecords(world.redis, this.someSale());
        const running = [...sale.timers].filter(([, untilMs]) => untilMs > world.nowMs);
        if (running.length > 0) sale.timers.delete(random.pick(running)[0]);
        return running.length > 0;
      }
      case 'rollback':
        this.saved ??= structuredClone(world.redis);
        this.saveUntil = world.scheduler.steps + 1 + random.below(25);
        return false;
      case 'flush': {
        const full = [...world.redis.values()].some(({ ready }) => ready !== undefined);
        world.lostData = true;
        world.redis = new Map();
        this.saved = undefined;
        return full;
      }
      case 'torn transaction':
        return this.tear();
      default: // split brain: half of the processes on either side, until one side is thrown away
        world.lostData = true;
        world.otherSide = world.otherSide ? undefined : structuredClone(world.redis);
        return world.otherSide !== undefined;
    }
  }

  /**
   * The append-only file was cut inside a script's transaction, and its half was executed: a unit is lost, or in two places, or
   * a hold has not taken yet what it names.
   */
  tear(): boolean {
    const { random } = this;
    const sale = saleRecords(this.world.redis, this.someSale());
    if (random.chance(0.3)) return this.tearHold(sale);
    const records = [...sale.products.values()].filter(({ stock, held }) => stock.length + held.size > 0);
    if (!sale.ready || records.length === 0) return false;
    this.world.lostData = true;
    const { stock, held, sold } = random.pick(records);
    sale.torn = true;
    const [token, orderId] = [...held][0] ?? [];
    if (token && orderId && random.chance(0.3)) sold.set(token, orderId);
    else if (token && random.chance(0.5)) held.delete(token);
    else if (random.chance(0.5)) stock.pop();
    else if (stock[0]) stock.push(stock[0]);
    return true;
  }

  /** Cut behind the hold of a reserve; an older layout named the units later, and its holds may still be there. */
  tearHold(sale: SaleRecords): boolean {
    const { random } = this;
    const [orderId, hold] = [...sale.holds].at(-1) ?? [];
    if (!sale.ready || !orderId || !hold) return false;
    this.world.lostData = true;
    for (const [productId, tokens] of hold.tokens) {
      const { stock, held, limit } = productRecords(sale, productId);
      const minted = sale.ready.minted.get(productId) ?? 0;
      const taken = tokens.filter((token) => held.get(token) === orderId);
      for (const token of taken) held.delete(token);
      // A unit beyond the watermark came by a restore, out of no stock.
      stock.unshift(...taken.filter((token) => Number(token.slice(productId.length + 1)) <= minted));
      const left = (limit.get(hold.customer) ?? 0) - taken.length;
      if (left > 0) limit.set(hold.customer, left);
      else limit.delete(hold.customer);
    }
    if (random.chance(0.5)) hold.tokens.clear();
    if (random.chance(0.5)) sale.timers.delete(orderId);
    return true;
  }

  rollBack(): void {
    if (!this.saved || this.world.scheduler.steps < this.saveUntil) return;
    this.world.scheduler.note(undefined, 'ROLLED BACK');
    this.world.lostData = true;
    this.world.count('fault rollback');
    this.world.redis = this.saved;
    this.saved = undefined;
  }

  check(): void {
    if (this.broken) throw this.broken;
    checkAlways(this.world);
  }

  /** No more faults: everybody finishes, every event arrives, every worker does its round, until nothing changes. */
  async rest(): Promise<void> {
    const { world } = this;
    world.otherSide = undefined;
    this.saved = undefined;
    const awayRounds = this.random.chance(0.02) ? LIMITS.paymentAttempts + 2 : 0; // until somebody must be told
    if (awayRounds > 0) world.awayUntil = Number.POSITIVE_INFINITY;
    await this.drain();
    for (const event of [...this.payments.values(), ...this.wire.splice(0)]) this.deliver(event);
    await this.drain();
    for (let round = 0; round < QUIET_ROUNDS + awayRounds; round++) {
      world.awayUntil = round < awayRounds ? Number.POSITIVE_INFINITY : 0;
      world.pass(this.holdMs * 3 + 10_000);
      for (const saleId of world.mongo.sales.keys()) {
        this.start('reconciler', async (shop) => {
          // Where Redis has lost nothing, nobody looks at everything: what is done each minute must be enough.
          const { alarms } = expected(await reconcile(shop as never, saleId, { thorough: this.dataLoss }));
          for (const alarm of alarms) this.alarmed.add(alarm.split(' ')[0]!);
          if (alarms.length > 0) world.count('alarm');
        });
        await this.drain();
        this.start('sweeper', async (shop) => expected(await sweep(shop, saleId)));
      }
      this.start('redoer', (shop) => redo(shop));
      this.start('looker', (shop) => lookAfter(shop));
      await this.drain();
      if (round > 0 && this.rests()) return;
    }
    checkAtRest(world, this);
  }

  rests(): boolean {
    try {
      checkAtRest(this.world, this);
      return true;
    } catch {
      return false; // perhaps the next round of the workers
    }
  }

  async drain(): Promise<void> {
    const { scheduler } = this.world;
    for (let turns = 0; ; turns++) {
      scheduler.wake();
      if (!scheduler.busy) await new Promise((resolve) => setImmediate(resolve));
      if (!scheduler.busy) break;
      if (turns > 20_000) throw new BrokenError('livelock: work does not end');
      await scheduler.turn(0);
      this.check();
    }
    this.check();
  }
}
