import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findOrStartMongo } from '#scripts/services/find-mongodb.ts';
import { findOrStartRedis } from '#scripts/services/find-redis.ts';
import { silent } from '#scripts/services/log.ts';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { type RunningRedis, startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';

let folder: string;
const running: (RunningRedis | RunningMongo)[] = [];
const track = <Service extends RunningRedis | RunningMongo>(service: Service): Service => {
  running.push(service);
  return service;
};

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-services-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((service) => service.kill9()));
  removeFolder(folder);
});

async function withRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function withMongo<Result>(url: string, work: (db: mongo.Db) => Promise<Result>): Promise<Result> {
  const client = new mongo.MongoClient(url);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

test('our Redis keeps what it has acknowledged, evicts nothing, tells of expiries, and is on loopback only', async () => {
  const { url } = track(await startRedis({ dir: folder }));
  const settings = await withRedis(url, (redis) =>
    Promise.all(
      ['appendonly', 'appendfsync', 'maxmemory-policy', 'bind', 'save', 'notify-keyspace-events'].map(
        async (name) => ((await redis.config('GET', name)) as string[])[1],
      ),
    ),
  );
  expect(settings.slice(0, 5)).toEqual(['yes', 'everysec', 'noeviction', '127.0.0.1', '']);
  expect([...(settings[5] ?? '')].sort()).toEqual(['E', 'x']);
});

test('a killed Redis comes back on its port with its data', async () => {
  const redis = track(await startRedis({ dir: folder, args: ['--maxclients', '50'] }));
  await withRedis(redis.url, (client) => client.set('unit', '17'));
  const { url, pid } = redis;
  await redis.kill9();
  expect(redis.service.exit?.signal).toBe('SIGKILL');
  await redis.restart();
  expect(redis.url).toBe(url);
  expect(redis.pid).not.toBe(pid);
  expect(await withRedis(url, (client) => client.get('unit'))).toBe('17');
  expect(await withRedis(url, (client) => client.config('GET', 'maxclients'))).toContain('50');
});

test('two Redises at once do not meet', async () => {
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => startRedis({ dir: path.join(folder, name) }).then(track)),
  );
  expect(one?.port).not.toBe(two?.port);
});

test('a port that another has is an error, and the other is not taken for ours', async () => {
  const redis = track(await startRedis({ dir: path.join(folder, 'one') }));
  const taken = startRedis({ dir: path.join(folder, 'two'), port: redis.port }).then(track);
  await expect(taken.then(({ url }) => url)).rejects.toThrow(/Redis ended at once.*in use/is);
  const mongodb = track(await startMongo({ dir: path.join(folder, 'three') }));
  const other = startMongo({ dir: path.join(folder, 'four'), port: mongodb.port }).then(track);
  await expect(other.then(({ url }) => url)).rejects.toThrow(/MongoDB ended at once.*in use/is);
});

test('MongoDB is a replica set of one that takes writes, and stays one on another port', async () => {
  const first = track(await startMongo({ dir: folder }));
  await withMongo(first.url, (db) =>
    db.collection('orders').insertOne({ token: 'p-17' }, { writeConcern: { w: 'majority', journal: true } }),
  );
  await first.kill9();
  const second = track(await startMongo({ dir: folder }));
  expect(second.port).not.toBe(first.port);
  const [order, hello] = await withMongo(second.url, async (db) => [
    await db.collection('orders').findOne(),
    await db.admin().command({ hello: 1 }),
  ]);
  expect(order?.token).toBe('p-17');
  expect(hello).toMatchObject({ setName: 'rs0', isWritablePrimary: true, hosts: [`127.0.0.1:${second.port}`] });
});

test('services that the operator names are used as they are, and nothing is started', async () => {
  vi.stubEnv('REDIS_URL', 'rediss://redis.example');
  vi.stubEnv('MONGODB_URI', 'mongodb://mongo.example/shop');
  vi.stubEnv('PATH', ''); // nothing could be started
  expect(await findOrStartRedis({ dataDir: folder, log: silent })).toEqual({ url: 'rediss://redis.example' });
  expect(await findOrStartMongo({ dataDir: folder, log: silent })).toEqual({ url: 'mongodb://mongo.example/shop' });
});
