import { Redis } from 'ioredis';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ErrorCode, Problem } from '#lib/contract.ts';
import { signature } from '#tests/support/bank-event.ts';
import type { Answer, ShopClient } from '#tests/support/http.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';

/** A running shop as a stranger meets it, and what only its owner can look at: its Redis and its MongoDB. */
export interface Shop {
  floor: ShopFloor;
  web: RunningWeb;
  client: ShopClient;
  redis: Redis;
  mongo: Connection;
}

/**
 * One web process for all tests of a file, over a Redis and a database of its own. Filled before the first test. A file that
 * asks for no environment of its own gets the shop that the files before it in this test process have used; one that compares
 * all of a shop's state asks for an empty environment.
 */
export function openShop({ env }: { env?: Record<string, string> } = {}): Shop {
  const shop = {} as Shop;
  const shared = env === undefined && process.env.HOLDFAST_SHARED_SHOP === '1';
  beforeAll(async () => {
    Object.assign(shop, await (shared ? sharedShop() : startShop(env)));
    const { web } = shop;
    const before = web.output().length;
    shop.web = { ...web, output: () => web.output().slice(before) };
  });
  afterAll(async () => {
    if (shared) await shop.floor?.reset([shop.web]);
    else await closeShop(shop);
  });
  return shop;
}

async function startShop(env: Record<string, string> = {}): Promise<Shop> {
  const floor = await shopFloor({ LOG_LEVEL: 'error', ...env });
  const web = await floor.web();
  const redis = new Redis(floor.redis.url);
  redis.on('error', () => {}); // the calls that fail say so
  const mongo = await mongoose.createConnection(floor.env.MONGODB_URI!).asPromise();
  return { floor, web, client: web.client, redis, mongo };
}

async function closeShop({ floor, redis, mongo }: Partial<Shop>): Promise<void> {
  redis?.disconnect();
  await mongo?.dropDatabase();
  await mongo?.close();
  await floor?.close();
}

const SHARED = Symbol.for('holdfast tests: shared shop');

/** This test process's shop; its processes end with this one. */
function sharedShop(): Promise<Shop> {
  const place = globalThis as { [SHARED]?: Promise<Shop> };
  place[SHARED] ??= startShop();
  return place[SHARED];
}

/** Somebody holds one unit of the first product of a fresh sale. */
export async function holdOne(client: ShopClient, options: Parameters<ShopClient['sale']>[0] = {}) {
  const { saleId, productIds } = await client.sale(options);
  const shopper = client.shopper();
  const { body: order } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  return { saleId, shopper, order, orderId: order.orderId };
}

/** Every error is a problem+json with a stable code, is not cached, and shows nothing of the shop's inside. */
export function expectProblem(answer: Answer, status: number, code: ErrorCode, more: Partial<Problem> = {}): void {
  expect(answer).toMatchObject({
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: { type: 'about:blank', title: expect.any(String), status, code, ...more },
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|\bat \w+ \(|Mongo|Redis|Cast|Lua/);
}

/** @returns the one thing of a list that must have exactly one */
export function only<T>(list: T[]): T {
  expect(list).toHaveLength(1);
  return list[0] as T;
}

/** Send a webhook with any signature header; the right one without. */
export function sendWebhook(
  client: ShopClient,
  event: unknown,
  header?: string | null,
): Promise<Answer<{ received?: boolean } & Partial<Problem>>> {
  const raw = typeof event === 'string' || Buffer.isBuffer(event) ? event : JSON.stringify(event);
  const signed = header === undefined ? signature(raw) : header;
  return client
    .shopper()
    .call('POST', '/api/payment/webhook', { raw, headers: signed === null ? {} : { 'holdfast-signature': signed } });
}

/** The moment of Redis's clock, in ms. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Number(micros) / 1000;
}

export { bankEvent, signature } from '#tests/support/bank-event.ts';
