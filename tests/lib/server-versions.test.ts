import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mongoose, { type Connection } from 'mongoose';
import { afterEach, expect, test, vi } from 'vitest';
import { MisconfiguredError } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { checkMongo } from '#lib/mongo/check.ts';
import { checkRedis } from '#lib/redis/check.ts';
import { judgeVersion, MONGODB_SERVERS, REDIS_SERVERS } from '#lib/server-versions.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { versionProxy } from '#tests/support/version-proxy.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

test('a version is too old, of a tested release line, or accepted without having been tested', () => {
  const verdicts = (['Redis', 'Valkey', 'MongoDB'] as const).map((server) =>
    ['6.2.14', '7.0.4', '7.2.4', '8.0.0', '9.1.7', '10.0.1'].map((version) => judgeVersion({ server, version })),
  );
  expect(verdicts).toEqual([
    ['tooOld', 'tested', 'untested', 'untested', 'untested', 'untested'],
    ['tooOld', 'tooOld', 'untested', 'untested', 'tested', 'untested'],
    ['untested', 'untested', 'untested', 'untested', 'untested', 'untested'],
  ]);
  expect(judgeVersion({ server: 'MongoDB', version: '5.0.31' })).toBe('tooOld');
  expect(judgeVersion({ server: 'MongoDB', version: '6.0.5' })).toBe('tested');
});

/** The Redis of the test run, as if it had another version of the same length. */
async function redisAs(change: (version: string) => string): Promise<{ redis: Redis; version: string }> {
  const url = new URL(process.env.REDIS_URL!);
  const real = new Redis(url.href);
  closing.push(() => real.disconnect());
  const info = await real.info('server');
  const named = (/valkey_version:[\d.]+/.exec(info) ?? /redis_version:[\d.]+/.exec(info))![0];
  const [field, version] = named.split(':') as [string, string];
  const proxy = await versionProxy(Number(url.port), named, `${field}:${change(version)}`);
  closing.push(() => proxy.close());
  const redis = new Redis(proxy.port, '127.0.0.1');
  closing.push(() => redis.disconnect());
  return { redis, version: change(version) };
}

/** The MongoDB of the test run, as if it had another version of the same length. */
async function mongoAs(change: (version: string) => string): Promise<{ mongo: Connection; version: string }> {
  const real = await mongoose.createConnection(process.env.MONGODB_URI!).asPromise();
  closing.push(() => real.close());
  const { version } = await real.db!.admin().buildInfo();
  const { port } = new URL(process.env.MONGODB_URI!);
  const proxy = await versionProxy(Number(port), `${version}\0`, `${change(version)}\0`);
  closing.push(() => proxy.close());
  const mongo = await mongoose.createConnection(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`).asPromise();
  closing.push(() => mongo.close());
  return { mongo, version: change(version) };
}

const old = (version: string) => version.replace(/^\d/, '0');
const newer = (version: string) => version.replace(/\.\d+/, (minor) => `.${'9'.repeat(minor.length - 1)}`);

test('a Redis that is too old is refused at boot, by the name of its variable', async () => {
  const { redis, version } = await redisAs(old);
  const refused = checkRedis(redis, { keyspaceEvents: true });
  await expect(refused).rejects.toThrow(MisconfiguredError);
  await expect(refused).rejects.toThrow(`REDIS_URL: this server is`);
  await expect(refused).rejects.toThrow(`${version}; the shop needs ${REDIS_SERVERS}`);
});

test('a MongoDB that is too old is refused at boot, by the name of its variable', async () => {
  const { mongo, version } = await mongoAs(old);
  const refused = checkMongo(mongo);
  await expect(refused).rejects.toThrow(MisconfiguredError);
  await expect(refused).rejects.toThrow(
    `MONGODB_URI: this server is MongoDB ${version}; the shop needs ${MONGODB_SERVERS}`,
  );
});

test('an untested version is accepted with one warning, a tested one without', async () => {
  const warn = vi.spyOn(log(), 'warn');
  const warnings = () => warn.mock.calls.flat().filter((words) => String(words).includes('not tested'));
  await checkRedis((await redisAs((version) => version)).redis, { keyspaceEvents: true });
  await checkMongo((await mongoAs((version) => version)).mongo);
  expect(warnings()).toEqual([]);
  const { redis, version } = await redisAs(newer);
  await checkRedis(redis, { keyspaceEvents: true });
  expect(warnings()).toEqual([expect.stringContaining(version)]);
  const { mongo, version: mongoVersion } = await mongoAs(newer);
  await checkMongo(mongo);
  expect(warnings()).toEqual([expect.stringContaining(version), expect.stringContaining(`MongoDB ${mongoVersion}`)]);
});

test('a hosted Redis that does not show its version is taken at its word', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-hosted-'));
  const server = await startRedis({ dir });
  closing.push(
    () => removeFolder(dir),
    () => server.kill9(),
  );
  const redis = new Redis(server.url);
  closing.push(() => redis.disconnect());
  await redis.acl('SETUSER', 'default', '-info');
  await expect(redis.info('server')).rejects.toThrow('NOPERM');
  await expect(checkRedis(redis, { keyspaceEvents: true })).resolves.toBeUndefined();
});
