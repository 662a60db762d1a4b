import { mkdtempSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { member } from '#tests/support/accounts.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';

// A MongoDB of its own, so that every connection it counts is this web process's.
const dir = mkdtempSync(join(tmpdir(), 'holdfast-one-process-'));
/** Between two questions a client pauses for half a second; looked at for longer, each one is seen. */
const LOOK_MS = 1_500;
let mongo: RunningMongo;
let floor: ShopFloor;
let web: RunningWeb;
let redis: Redis;
let db: Connection;

beforeAll(async () => {
  mongo = await startMongo({ dir });
  floor = await shopFloor({ MONGODB_URI: mongo.url });
  web = await floor.web();
  redis = new Redis(floor.redis.url, { connectionName: 'observer' });
  db = await mongoose.createConnection(mongo.url, { appName: 'observer', directConnection: true }).asPromise();
});
afterAll(async () => {
  redis?.disconnect();
  await db?.close();
  await floor?.close();
  await mongo?.kill9();
  removeFolder(dir);
});

/** The shop's connections to Redis by their names. */
async function redisConnections(): Promise<string[]> {
  const list = String(await redis.client('LIST'));
  return [...list.matchAll(/ name=(holdfast\S*)/g)].map(([, name]) => name!).sort();
}

/** Each MongoDB client waits for news of the server on a connection of its own: the ones that wait now. */
async function mongoClients(): Promise<string[]> {
  const connections = await db
    .getClient()
    .db('admin')
    .aggregate([
      { $currentOp: { allUsers: true, idleConnections: true } },
      { $match: { 'clientMetadata.application.name': 'holdfast', 'command.maxAwaitTimeMS': { $exists: true } } },
    ])
    .toArray();
  return connections.map(({ client }) => String(client));
}

test('both doors of a web process use one set of connections: two to Redis, one client to MongoDB', async () => {
  const { saleId, productIds } = await web.client.sale({ units: [5] });
  const shopper = web.client.shopper();
  const viewer = await member(web.client);
  await db.collection('users').updateOne({ email: viewer.who.email }, { $set: { role: 'viewer' } });
  const byLane = async () => {
    const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
    expect((await shopper.pay(body.orderId)).status).toBe(200);
  };
  const byNext = async () => {
    expect(await viewer.call('GET', '/admin')).toMatchObject({ status: 200 }); // looks the account up
  };
  const watching = get(`${web.url}/api/sales/${saleId}/events`, { agent: false });
  watching.on('error', () => {}); // hung up by the test
  await byLane();
  await until(async () => (await redisConnections()).length === 2, {
    what: 'commands and subscriptions are connected',
  });
  await byNext();
  await byLane();
  await byNext();
  expect(await redisConnections()).toEqual(['holdfast', 'holdfast-subscriber']);
  const seen = new Set<string>();
  const end = performance.now() + LOOK_MS;
  while (performance.now() < end) for (const one of await mongoClients()) seen.add(one);
  expect([...seen]).toHaveLength(1);
  watching.destroy();
});
