import type { Product, Sale } from '#lib/catalog/index.ts';
import { mint } from '#lib/inventory/index.ts';
import { type CheckoutRequest, cancel, checkout, expire, extend, sweep } from '#lib/orders/index.ts';
import { lookAfter, type PaymentEvent, receive, redo, start } from '#lib/payments/index.ts';
import { rebuildSale, reconcile } from '#lib/reconcile/index.ts';
import { lapse, pay } from './bank-model.ts';
import type { Random } from './random.ts';
import { type RedisState, saleRecords } from './redis-state.ts';
import { type Actor, NoAnswerError } from './scheduler.ts';
import { BrokenError, checkAlways, checkAtRest, type Heard, type SimShop, World } from './world.ts';

export interface SeedResult {
  seed: number;
  steps: number;
  counted: Record<string, number>;
}

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

const STEPS = 300;
const QUIET_ROUNDS = 14;

/** One seed's story: who comes, what goes wrong, and what is left when all has come to rest. */
export async function runSeed(seed: number, { dataLoss = true } = {}): Promise<SeedResult> {
  const world = new World(seed, false);
  try {
    await new Story(world, dataLoss).tell();
  } catch (error) {
    const again = new World(seed, true);
    await new Story(again, dataLoss).tell().catch(() => {});
    throw new SeedError(seed, error as Error, again.scheduler.history);
  }
  world.counted['fault lost answer'] = world.scheduler.lost;
  return { seed, steps: world.scheduler.steps, counted: world.counted };
}

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
      this.world.nowMs += this.random.below(3);
      this.arrivals();
      if (done < faults && this.random.chance(0.03)) {
        done += 1;
        this.fault();
      }
      this.rollBack();
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

  start(name: string, work: (shop: SimShop, actor: Actor) => Promise<unknown>): void {
    const actor = this.world.actor(name);
    const running: Promise<void> = Promise.resolve()
      .then(() => work(this.world.shop(actor), actor))
      .then(
        () => {},
        (error: Error) => {
          if (error instanceof NoAnswerError || error.name === 'UnsettledError')
            this.world.scheduler.note(actor, `gives up: ${error.message}`);
          else this.broken ??= error;
        },
      )
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  arrivals(): void {
    const { random } = this;
    if (this.wire.length > 0 && random.chance(0.25))
      this.deliver(this.wire.splice(random.below(this.wire.length), 1)[0]!);
    if (random.chance(0.05)) this.start('sweeper', (shop) => sweep(shop, this.someSale()));
    if (random.chance(0.03))
      this.start('reconciler', (shop) => reconcile(shop as never, this.someSale(), { thorough: random.chance(0.5) }));
    if (random.chance(0.02)) this.start('redoer', (shop) => redo(shop));
    if (random.chance(0.04)) this.start('looker', (shop) => lookAfter(shop));
    if (random.chance(0.03)) this.start('buyer', (shop, actor) => this.buy(shop, actor, this.request()));
    if (random.chance(0.01)) this.start('minter', (shop) => this.mintMore(shop));
    const orders = [...this.world.mongo.orders.values()];
    if (orders.length > 0 && random.chance(0.03)) {
      const { saleId, orderId } = random.pick(orders);
      if (saleId) this.start('event', (shop) => expire(shop, saleId, random.chance(0.9) ? orderId : random.uuid()));
    }
  }

  /** A checkout: buy now or of a cart, with a key or without, sometimes one that somebody has sent before. */
  request(): CheckoutRequest {
    const { random } = this;
    if (this.requests.length > 0 && random.chance(0.3)) return this.again(random.pick(this.requests));
    const [saleId, { products }] = random.pick([...this.world.mongo.sales]);
    const chosen = products.filter((_, i) => i === 0 || random.chance(0.4));
    const lines = chosen.map(({ _id }) => ({ productId: _id, name: '', price: 100, quantity: 1 + random.below(2) }));
    const print = lines.map(({ productId, quantity }) => `${productId}:${quantity}`).join(',');
    const request: CheckoutRequest = {
      saleId,
      currency: 'EUR',
      taxBasisPoints: 1_900,
      customer: `c${random.below(4)}`,
      cartId: random.chance(0.4) ? random.uuid() : '',
      key: random.chance(0.4) ? `k${random.below(1e6)}` : '',
      requestFingerprint: print,
      itemsFingerprint: print,
      expectedTotal: random.chance(0.05) ? 1 : undefined,
      lines,
    };
    this.requests.push(request);
    return request;
  }

  /** A request that was sent before: the same, or with another content under its cart or key. */
  again(request: CheckoutRequest): CheckoutRequest {
    const chance = this.random.next();
    if (chance < 0.7) return request;
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
    if (outcome.status !== 'reserved' && outcome.status !== 'alreadyHeld') return;
    const { order } = outcome;
    this.acknowledged.add(order.orderId);
    if (order.status !== 'RESERVED') return;
    if (random.chance(0.3)) {
      const extended = await extend(shop, order, random.pick(['asked', 'paying']));
      if (extended.status === 'extended')
        world.promised.set(order.orderId, Math.max(world.promised.get(order.orderId) ?? 0, extended.deadlineMs));
      world.count(`extend ${extended.status}`);
    }
    if (random.chance(0.2)) await this.linger(actor);
    const choice = random.next();
    if (choice < 0.1) {
      world.count(`cancel ${(await cancel(shop, order, 'SHOPPER')).status}`);
      return;
    }
    const amount = random.chance(0.05) ? 1 : order.total;
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
    if (begun?.status === 'started')
      world.promised.set(order.orderId, Math.max(world.promised.get(order.orderId) ?? 0, begun.deadlineMs));
    const paymentId = (n: number | string) =>
      begun?.status === 'started' ? begun.payment.paymentId : `${order.orderId}#${n}`;
    for (const [n, type] of events.entries())
      this.send(order.orderId, type, amount, paymentId(n), begun?.status === 'started');
    if (events.includes('payment.authorized') && random.chance(0.15))
      this.send(order.orderId, 'payment.authorized', amount, `${order.orderId}#again`, false);
    world.scheduler.note(actor, `sends ${events}`);
    if (random.chance(0.1)) {
      await this.linger(actor); // an old page: its order may have ended meanwhile
      world.count(`late ${(await extend(shop, (await shop.orders.find(order.orderId)) ?? order, 'asked')).status}`);
      world.count(`late cancel ${(await cancel(shop, order, 'SHOPPER')).status}`);
    }
    if (random.chance(0.15)) await this.buy(shop, actor, request); // again: the same cart, the same key
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
  send(orderId: string, type: string, amount: number, paymentId: string, begun: boolean): void {
    const { random, world } = this;
    const said = type === 'payment.authorized' && random.chance(begun ? 0.4 : 0.1) ? 'payment.captured' : type;
    const payment = { paymentId, orderId, amount, currency: 'EUR' };
    if (!pay(world.books, payment, said.slice('payment.'.length) as 'authorized')) return;
    const event = { eventId: `${paymentId} ${said}`, type: said, ...payment };
    if (begun && random.chance(0.3)) {
      world.count('fault silent provider');
      return;
    }
    this.payments.set(event.eventId, event);
    const copies = 1 + (random.chance(0.3) ? 1 : 0) + (random.chance(0.1) ? 1 : 0);
    for (let i = 0; i < copies; i++) this.wire.push(event);
    if (copies > 1) world.count('fault duplicate event');
    if (random.chance(0.05)) {
      this.wire.splice(this.wire.length - copies, copies); // sent again at the end only
      world.count('fault lost event');
    }
    if (random.chance(0.01)) this.send(random.uuid(), 'payment.authorized', 5, `stray ${paymentId}`, false);
  }

  deliver(event: PaymentEvent): void {
    this.start('webhook', async (shop) => {
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

  fault(): void {
    const { random, world } = this;
    const actors = world.scheduler.actors();
    const kinds = [
      'crash',
      'pause',
      'clock jump',
      'lapsed authorization',
      ...(this.dataLoss ? ['rollback', 'rollback', 'flush', 'split brain', 'torn transaction', 'lost timer'] : []),
    ];
    const kind = random.pick(kinds);
    world.count(`fault ${kind}`);
    world.scheduler.note(undefined, `FAULT ${kind}`);
    switch (kind) {
      case 'crash':
        if (actors.length > 0) world.scheduler.crash(random.pick(actors));
        break;
      case 'pause':
        if (actors.length > 0) world.scheduler.pause(random.pick(actors), 50 + random.below(150));
        break;
      case 'clock jump':
        world.nowMs += this.holdMs * 2;
        break;
      case 'lapsed authorization': {
        const authorized = [...world.books.values()].filter(({ standing }) => standing === 'authorized');
        if (authorized.length > 0) lapse(random.pick(authorized));
        break;
      }
      case 'lost timer': {
        const sale = saleRecords(world.redis, this.someSale());
        const orderIds = [...sale.timers.keys()];
        if (orderIds.length > 0) sale.timers.delete(random.pick(orderIds));
        break;
      }
      case 'rollback':
        this.saved ??= structuredClone(world.redis);
        this.saveUntil = world.scheduler.steps + 1 + random.below(25);
        break;
      case 'flush':
        this.lose();
        world.redis = new Map();
        this.saved = undefined;
        break;
      case 'torn transaction':
        this.lose();
        this.tear();
        break;
      default: // split brain: half of the processes on either side, until one side is thrown away
        this.lose();
        if (world.otherSide) world.otherSide = undefined;
        else world.otherSide = structuredClone(world.redis);
    }
  }

  /** The append-only file was cut inside a script's transaction, and its half was executed: a unit is lost, or in two places. */
  tear(): void {
    const { random } = this;
    const sale = saleRecords(this.world.redis, this.someSale());
    const records = [...sale.products.values()].filter(({ stock, held }) => stock.length + held.size > 0);
    if (!sale.ready || records.length === 0) return;
    const { stock, held, sold } = random.pick(records);
    sale.torn = true;
    const [token, orderId] = [...held][0] ?? [];
    if (token && orderId && random.chance(0.3)) sold.set(token, orderId);
    else if (token && random.chance(0.5)) held.delete(token);
    else if (random.chance(0.5)) stock.pop();
    else if (stock[0]) stock.push(stock[0]);
  }

  lose(): void {
    this.world.lostData = true;
    this.world.promised.clear(); // an extension that Redis alone knew is not promised across its loss
  }

  rollBack(): void {
    if (!this.saved || this.world.scheduler.steps < this.saveUntil) return;
    this.world.scheduler.note(undefined, 'ROLLED BACK');
    this.lose();
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
    await this.drain();
    for (const event of [...this.payments.values(), ...this.wire.splice(0)]) this.deliver(event);
    await this.drain();
    for (let round = 0; round < QUIET_ROUNDS; round++) {
      world.nowMs += this.holdMs * 3 + 10_000;
      for (const saleId of world.mongo.sales.keys()) {
        this.start('reconciler', async (shop) => {
          const { alarms } = await reconcile(shop as never, saleId, { thorough: true });
          for (const alarm of alarms) this.alarmed.add(alarm.split(' ')[0]!);
          if (alarms.length > 0) world.count('alarm');
        });
        await this.drain();
        this.start('sweeper', (shop) => sweep(shop, saleId));
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
