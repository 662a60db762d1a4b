import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { afterEach, expect, test } from 'vitest';
import { type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { type VersionProxy, versionProxy } from '#tests/support/version-proxy.ts';

const EX_CONFIG = 78;
let floor: ShopFloor;
const proxies: VersionProxy[] = [];
afterEach(async () => {
  await floor?.close();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

async function proxied(url: string, from: string, to: string): Promise<string> {
  const proxy = await versionProxy(Number(new URL(url).port), from, to);
  proxies.push(proxy);
  const through = new URL(url);
  through.port = String(proxy.port);
  return through.href;
}

test('a process refuses a Redis or a MongoDB that is too old, and says which variable names it', async () => {
  floor = await shopFloor();
  const redis = new Redis(floor.redis.url);
  const info = await redis.info('server');
  redis.disconnect();
  const line = (/valkey_version:[\d.]+/.exec(info) ?? /redis_version:[\d.]+/.exec(info))![0];
  const mongo = await mongoose.createConnection(floor.env.MONGODB_URI!).asPromise();
  const { version } = await mongo.db!.admin().buildInfo();
  await mongo.close();

  const direct = new URL(floor.env.MONGODB_URI!);
  direct.search = '?directConnection=true'; // the replica set's own addresses do not lead through the proxy
  const named: Record<string, string>[] = [
    { REDIS_URL: await proxied(floor.redis.url, line, line.replace(/:\d/, ':0')) },
    { MONGODB_URI: await proxied(direct.href, `${version}\0`, `${version.replace(/^\d/, '0')}\0`) },
  ];
  const refused = named.map(async (env) => {
    const running = floor.spawn('worker/index.ts', env);
    expect(await running.exit, running.output()).toMatchObject({ code: EX_CONFIG });
    return running.output();
  });
  const [byRedis, byMongo] = await Promise.all(refused);
  expect(byRedis).toMatch(
    /^ {2}REDIS_URL: this server is (Redis|Valkey) 0\..*; the shop needs Redis 7\.0\+ or Valkey 7\.2\+$/m,
  );
  expect(byMongo).toMatch(/^ {2}MONGODB_URI: this server is MongoDB 0\..*; the shop needs MongoDB 6\.0\+$/m);
});
