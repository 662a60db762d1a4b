import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { Accounts, AdminKey, customersOf, Guests, Passwords } from '#lib/accounts/index.ts';
import { type Alarms, alarms } from '#lib/alarms/index.ts';
import { Carts } from '#lib/carts/index.ts';
import { Catalog, configureSale, ensureEveryday, LiveSales, type Merchant } from '#lib/catalog/index.ts';
import { Deliveries } from '#lib/delivery/index.ts';
import { type Env, env, shortSecrets } from '#lib/env.ts';
import { inventoryScripts } from '#lib/inventory/index.ts';
import { SaleEvents } from '#lib/live/index.ts';
import { log } from '#lib/log.ts';
import { checkMongo } from '#lib/mongo/check.ts';
import { connectMongo, keepConnecting } from '#lib/mongo/connect.ts';
import { ensureIndexes } from '#lib/mongo/indexes.ts';
import { type Models, models } from '#lib/mongo/models.ts';
import { orderStore } from '#lib/orders/index.ts';
import {
  begunPayments,
  type Counter,
  inbox,
  outbox,
  type PaymentProvider,
  type PaymentStories,
  paymentStories,
  Sandbox,
  StripePayments,
} from '#lib/payments/index.ts';
import { Rates } from '#lib/rates/index.ts';
import { Receipts } from '#lib/receipts/index.ts';
import { type CatalogTruth, catalogTruth, type Reconciler, rebuildSale, reconcile } from '#lib/reconcile/index.ts';
import { checkRedis } from '#lib/redis/check.ts';
import { connectRedis, connectSubscriber } from '#lib/redis/connect.ts';
import { patiently } from '#lib/unavailable.ts';

/** Everything that one process has once: connections, and the domains over them. */
export interface HoldfastProcess extends Counter, Reconciler, Merchant {
  env: Env;
  redis: Redis;
  mongo: Connection;
  models: Models;
  truth: CatalogTruth;
  carts: Carts;
  live: LiveSales;
  events: SaleEvents;
  guests: Guests;
  accounts: Accounts;
  adminKey: AdminKey;
  rates: Rates;
  alarms: Alarms;
  stories: PaymentStories;
  /** The provider once more when it is the sandbox: whose bank page is the shop's own. */
  sandbox: Sandbox | undefined;
  receipts: Receipts;
  deliveries: Deliveries;
  /** Whether the boot has seen Redis, MongoDB and the indexes in order. */
  booted: boolean;
  /** Repair a sale soon, in the background: somebody was answered "not ready". Calls while one runs are one. */
  nudge(saleId: string): void;
  /** Connect and change nothing. Waits as long as Redis or MongoDB is away. */
  connect(): Promise<void>;
  /** Connect, check, make indexes, make every sale ready. Waits as long as Redis or MongoDB is away; throws when the shop must not start. */
  boot(): Promise<void>;
  close(): Promise<void>;
}

const PLACE = Symbol.for('holdfast');

/**
 * The process's one set of connections and domains, made on first use. Next bundles its own copy of `lib/` beside the one
 * that Node runs; both find the same set here.
 */
export function holdfast(): HoldfastProcess {
  const place = globalThis as { [PLACE]?: HoldfastProcess };
  place[PLACE] ??= make(env());
  return place[PLACE];
}

function make(settings: Env): HoldfastProcess {
  const redis = connectRedis(settings.REDIS_URL, 'holdfast');
  const subscriber = connectSubscriber(settings.REDIS_URL, 'holdfast-subscriber');
  const mongo = connectMongo();
  const db = models(mongo);
  const inventory = inventoryScripts(redis);
  const orders = orderStore(db);
  const catalog = new Catalog(db);
  const live = new LiveSales(catalog, inventory);
  const events = new SaleEvents(subscriber, catalog, live, settings.RATE_LIMIT === 'on');
  const carts = new Carts(db);
  const rates = new Rates(redis, settings.RATE_LIMIT === 'on');
  const provider = providerOf(settings, db);
  const deliveries = new Deliveries(db);
  const secure = settings.NEXTAUTH_URL?.startsWith('https:') ?? false;
  const truth = catalogTruth(db);
  const raised = alarms(db);
  /** An account's guests were the same human; a guest's order gets nothing of the account that the guest became later. */
  const idsOf = async (customer: string) => {
    const user = await shop.accounts.users.byId(customer);
    return user ? customersOf(user) : [customer];
  };
  const nudged = new Map<string, Promise<unknown>>();

  const shop: HoldfastProcess = {
    env: settings,
    redis,
    mongo,
    models: db,
    inventory,
    orders,
    newId: randomUUID,
    nowMs: Date.now,
    async redisNowMs() {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    },
    catalog,
    truth,
    live,
    events,
    carts,
    provider,
    sandbox: provider instanceof Sandbox ? provider : undefined,
    alarms: raised,
    outbox: outbox(db),
    inbox: inbox(db, raised),
    begun: begunPayments(db),
    stories: paymentStories(db),
    guests: new Guests(settings.NEXTAUTH_SECRET, secure),
    deliveries,
    receipts: new Receipts(db, settings.NEXTAUTH_SECRET),
    accounts: new Accounts(
      { models: db, redis, passwords: new Passwords(), rates },
      { secret: settings.NEXTAUTH_SECRET, secure, demo: settings.DEMO === '1' },
    ),
    adminKey: new AdminKey(settings.ADMIN_API_KEY),
    rates,
    booted: false,
    afterPaid: async (order) => {
      const { cartId, items, saleId } = order;
      const productIds = items.map(({ productId }) => productId);
      await Promise.all([
        cartId ? carts.close(cartId, productIds) : undefined,
        (await catalog.sale(saleId))?.ships ? deliveries.copyTo(order.orderId, await idsOf(order.customer)) : undefined,
      ]);
    },
    rebuild: (saleId) => rebuildSale({ ...shop }, saleId),
    nudge(saleId) {
      if (nudged.has(saleId)) return;
      const work = reconcile(shop, saleId, { thorough: false })
        .catch((err: unknown) => log().warn({ err, saleId }, 'reconcile failed; the next nudge or worker tries again'))
        .finally(() => nudged.delete(saleId));
      nudged.set(saleId, work);
    },
    async connect() {
      await Promise.all([keepConnecting(mongo, settings.MONGODB_URI), untilReady(redis)]);
    },
    async boot() {
      const short = shortSecrets(settings);
      if (short.length > 0) log().warn({ names: short }, 'secrets are short: openssl rand -hex 32 makes better ones');
      await shop.connect();
      await patiently('starting', async () => {
        await checkRedis(redis, { keyspaceEvents: settings.KEYSPACE_EVENTS === 'on' });
        await checkMongo(mongo);
        await ensureIndexes(db);
        await ensureEveryday(db, { holdSeconds: settings.HOLD_SECONDS, extendSeconds: settings.EXTEND_SECONDS });
        for (const saleId of await truth.saleIds()) await configureSale(shop, saleId);
      });
      shop.booted = true;
    },
    async close() {
      events.close();
      subscriber.disconnect();
      redis.disconnect();
      await mongo.close();
    },
  };
  return shop;
}

function providerOf(settings: Env, db: Models): PaymentProvider {
  if (settings.PAYMENT_PROVIDER === 'sandbox')
    return new Sandbox(db, { secret: settings.SANDBOX_WEBHOOK_SECRET, url: settings.SANDBOX_URL });
  return new StripePayments({
    secretKey: settings.STRIPE_SECRET_KEY,
    webhookSecret: settings.STRIPE_WEBHOOK_SECRET,
    publishableKey: settings.STRIPE_PUBLISHABLE_KEY,
    apiUrl: settings.STRIPE_API_URL,
  });
}

/** Connect, however long it takes; ioredis goes on trying by itself. */
async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => {
    redis.once('ready', resolve);
    if (redis.status === 'wait') redis.connect().catch(() => {});
  });
}
