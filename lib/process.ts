import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Connection } from 'mongoose';
import { Carts } from '#lib/carts/index.ts';
import { Catalog, configureSale, ensureEveryday, LiveSales, type Merchant } from '#lib/catalog/index.ts';
import { Admins, Guests } from '#lib/customers/index.ts';
import { type Env, env } from '#lib/env.ts';
import { inventoryScripts } from '#lib/inventory/index.ts';
import { SaleEvents } from '#lib/live/index.ts';
import { log } from '#lib/log.ts';
import { connectMongo, keepConnecting } from '#lib/mongo/connect.ts';
import { ensureIndexes } from '#lib/mongo/indexes.ts';
import { type Models, models } from '#lib/mongo/models.ts';
import { orderStore } from '#lib/orders/index.ts';
import { inbox, outbox, type Payments, Sandbox } from '#lib/payments/index.ts';
import { type CatalogTruth, catalogTruth, type Reconciler, rebuildSale, reconcile } from '#lib/reconcile/index.ts';
import { checkRedis } from '#lib/redis/check.ts';
import { connectRedis, connectSubscriber } from '#lib/redis/connect.ts';
import { patiently } from '#lib/unavailable.ts';

/** Everything that one process has once: connections, and the domains over them. */
export interface HoldfastProcess extends Payments, Reconciler, Merchant {
  env: Env;
  redis: Redis;
  mongo: Connection;
  models: Models;
  truth: CatalogTruth;
  carts: Carts;
  live: LiveSales;
  events: SaleEvents;
  guests: Guests;
  admins: Admins;
  provider: Sandbox;
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
  const events = new SaleEvents(subscriber, catalog, live);
  const carts = new Carts(db);
  const provider = new Sandbox(db, settings.SANDBOX_WEBHOOK_SECRET);
  const secure = settings.NEXTAUTH_URL?.startsWith('https:') ?? false;
  const truth = catalogTruth(db);
  const nudged = new Map<string, Promise<unknown>>();

  const shop: HoldfastProcess = {
    env: settings,
    redis,
    mongo,
    models: db,
    inventory,
    orders,
    newOrderId: randomUUID,
    catalog,
    truth,
    live,
    events,
    carts,
    provider,
    outbox: outbox(db, provider),
    inbox: inbox(db),
    guests: new Guests(settings.NEXTAUTH_SECRET, secure),
    admins: new Admins(settings.ADMIN_API_KEY, settings.NEXTAUTH_SECRET, secure),
    booted: false,
    closeCart: async ({ cartId, items }) => {
      if (cartId)
        await carts.close(
          cartId,
          items.map(({ productId }) => productId),
        );
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
      await shop.connect();
      await patiently('starting', async () => {
        await checkRedis(redis, { keyspaceEvents: settings.KEYSPACE_EVENTS === 'on' });
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

/** Connect, however long it takes; ioredis goes on trying by itself. */
async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => {
    redis.once('ready', resolve);
    if (redis.status === 'wait') redis.connect().catch(() => {});
  });
}
