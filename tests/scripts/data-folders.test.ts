import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { pickFor } from '#scripts/services/data-writer.ts';
import { findOrStartMongo } from '#scripts/services/find-mongodb.ts';
import { findOrStartRedis } from '#scripts/services/find-redis.ts';
import { silent } from '#scripts/services/log.ts';
import { findMongod } from '#scripts/services/mongodb-program.ts';
import { findRedisProgram } from '#scripts/services/redis-program.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';

let real: ServerProgram;
let mongod: ServerProgram;
let folder: string;
let said: string[];
/** Whether the real servers are of a tested version depends on the machine. */
const log = (line: string) => void (line.includes('not tested') || said.push(line));
const bin = () => path.join(folder, 'bin');
const dataDir = () => path.join(folder, '.data');

beforeAll(async () => {
  real = await findRedisProgram(silent);
  mongod = await findMongod(silent);
});

/** A machine with no programs but those of the test, an empty cache and no network. */
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-data-'));
  mkdirSync(bin());
  mkdirSync(dataDir());
  said = [];
  vi.stubEnv('PATH', bin());
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
  vi.stubEnv('REDIS_URL', '');
  vi.stubEnv('MONGODB_URI', '');
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  removeFolder(folder);
});

const other = () => (real.server === 'Valkey' ? 'Redis' : 'Valkey');

/** Put a program on PATH that answers `--version` with these words, and otherwise runs `otherwise`. */
function onPath(name: string, says: string, otherwise: string): void {
  const file = path.join(bin(), name);
  rmSync(file, { force: true });
  writeFileSync(file, `#!/bin/sh\n[ "$1" = --version ] && { echo '${says}'; exit 0; }\n${otherwise}\n`);
  chmodSync(file, 0o755);
}

/** Put the real Redis on PATH under the name that is looked for second. */
const realOnPath = () => symlinkSync(real.file, path.join(bin(), 'valkey-server'));
/** Put the real Redis on PATH, saying that it is another server or version. */
const posingAs = (server: string, version: string) =>
  onPath('redis-server', `${server} server v=${version} sha=0`, `exec '${real.file}' "$@"`);

/** `npm start`'s Redis once: what it has as `unit` at the start, and a new value of it at the end. */
async function once(value: string): Promise<string | null> {
  const { url, server } = await findOrStartRedis({ dataDir: dataDir(), log });
  const redis = new Redis(url);
  const found = await redis.get('unit');
  await redis.set('unit', value);
  redis.disconnect();
  await server!.stop();
  return found;
}

const writtenBy = () => JSON.parse(readFileSync(path.join(dataDir(), 'redis/written-by.json'), 'utf8'));
const folders = () => readdirSync(dataDir()).sort();

test('Redis starts again with the program that wrote its data, whatever else has come to PATH since', async () => {
  realOnPath();
  expect(await once('17')).toBe(null);
  expect(writtenBy()).toEqual({ program: real.server, version: real.version });
  onPath('redis-server', `${other()} server v=99.0.0 sha=0`, 'exit 1');
  expect(await once('18')).toBe('17');
  rmSync(path.join(dataDir(), 'redis/written-by.json')); // as in folders from before there were records
  expect(await once('19')).toBe('18');
  expect(folders()).toEqual(['redis']);
  expect(said).toEqual([]);
});

test('when that program is gone, the data are set aside, Redis starts empty, and one line says so', async () => {
  realOnPath();
  await once('17');
  rmSync(path.join(dataDir(), 'redis/written-by.json'));
  rmSync(path.join(bin(), 'valkey-server'));
  posingAs(other(), '99.0.0');
  expect(await once('18')).toBe(null);
  const [, aside] = folders();
  const dated = new RegExp(`^redis-\\d{4}-\\d\\d-\\d\\dT[\\dZ-]+-${real.server.toLowerCase()}-${real.version}$`);
  expect(aside).toMatch(dated);
  expect(existsSync(path.join(dataDir(), aside!, 'appendonlydir'))).toBe(true);
  const [line, ...rest] = said;
  expect(line).toContain(`.data/redis was written by ${real.server} ${real.version}, which is not here`);
  expect(line).toContain(`It is now .data/${aside}; Redis starts empty, and every sale is rebuilt from MongoDB`);
  expect(rest).toEqual([]);
  expect(writtenBy()).toEqual({ program: other(), version: '99.0.0' });
});

test('a newer version of the same server opens the data and says so; the older one does not open them after it', async () => {
  realOnPath();
  await once('17');
  rmSync(path.join(bin(), 'valkey-server'));
  posingAs(real.server, '99.0.0');
  expect(await once('18')).toBe('17');
  expect(said.join('\n')).toContain(
    `.data/redis was written by ${real.server} ${real.version}; ${real.server} 99.0.0, a newer version, opens it from now on`,
  );
  rmSync(path.join(bin(), 'redis-server'));
  realOnPath();
  expect(await once('19')).toBe(null);
  expect(folders()[1]).toMatch(/-99\.0\.0$/);
});

test('data that Redis cannot load are set aside too, and Redis starts empty', async () => {
  realOnPath();
  await once('17');
  const files = path.join(dataDir(), 'redis/appendonlydir');
  const base = readdirSync(files).find((name) => name.endsWith('.base.rdb'))!;
  writeFileSync(path.join(files, base), 'not a data file');
  expect(await once('18')).toBe(null);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/Redis could not load \.data\/redis \(\.data\/redis-\S+\/redis\.log says why\)\. It is now/);
  expect(await once('19')).toBe('18');
});

test('a Redis that does not start for another reason leaves its data where they are', async () => {
  realOnPath();
  await once('17');
  rmSync(path.join(bin(), 'valkey-server'));
  onPath('redis-server', `${real.server} server v=${real.version} sha=0`, 'echo no luck; exit 3');
  await expect(once('18')).rejects.toThrow(/Redis ended at once \(code 3\):\nno luck/);
  expect(folders()).toEqual(['redis']);
  rmSync(path.join(bin(), 'redis-server'));
  realOnPath();
  expect(await once('19')).toBe('17');
});

test('which program is picked for a folder', () => {
  const picked = (writer: string, ...versions: string[]) => {
    const [server, version] = writer.split(' ') as [ServerProgram['server'], string];
    const programs = versions.map((one) => {
      const [name, number] = one.split(' ') as [ServerProgram['server'], string];
      return { file: one, server: name, version: number };
    });
    return pickFor({ server, version }, programs)?.file;
  };
  expect(picked('Redis 7.0.15', 'Redis 8.0.1', 'Redis 7.2.4', 'Redis 7.0.15')).toBe('Redis 7.0.15');
  expect(picked('Redis 7.0.15', 'Redis 8.0.1', 'Redis 7.2.4', 'Valkey 9.1.2')).toBe('Redis 7.2.4');
  expect(picked('Redis 7.2.4', 'Redis 7.0.15', 'Valkey 9.1.2')).toBe(undefined);
  expect(picked('MongoDB 6.0.5', 'MongoDB 7.0.12', 'MongoDB 6.0.16')).toBe('MongoDB 6.0.16');
  expect(picked('MongoDB 6.0.16', 'MongoDB 6.0.5')).toBe('MongoDB 6.0.5');
  expect(picked('MongoDB 6.0.5', 'MongoDB 8.2.6', 'MongoDB 7.0.12')).toBe('MongoDB 7.0.12');
  expect(picked('MongoDB 6.0.5', 'MongoDB 8.0.4')).toBe(undefined);
  expect(picked('MongoDB 8.0.4', 'MongoDB 8.2.6')).toBe('MongoDB 8.2.6');
  expect(picked('MongoDB 7.0.12', 'MongoDB 6.0.5', 'MongoDB 8.2.6')).toBe(undefined);
});

/** Files of a MongoDB that this version wrote; without `record` as they were before there were records. */
function mongoData(version: string, { record }: { record: boolean }): string {
  const dir = path.join(dataDir(), 'mongodb');
  mkdirSync(path.join(dir, 'db'), { recursive: true });
  writeFileSync(path.join(dir, 'db', 'WiredTiger'), 'WiredTiger');
  if (record) writeFileSync(path.join(dir, 'written-by.json'), JSON.stringify({ program: 'MongoDB', version }));
  const starts = (one: string) => `{"s":"I","msg":"Build Info","attr":{"buildInfo":{"version":"${one}"}}}\n`;
  const listens = '{"s":"I","msg":"Waiting for connections","attr":{"port":1}}\n';
  writeFileSync(path.join(dir, 'mongod.log'), starts(version) + listens + starts('99.0.0'));
  return dir;
}

test.each([true, false])(
  'MongoDB data that no mongod here may open stop the start (with a record: %s)',
  async (record) => {
    const dir = mongoData('7.0.12', { record });
    onPath('mongod', 'db version v6.0.5', 'exit 1');
    const error = String(await findOrStartMongo({ dataDir: dataDir(), log }).catch((reason: Error) => reason));
    expect(error).toContain('.data/mongodb was written by MongoDB 7.0.12');
    expect(error).toContain(`${bin()}/mongod is 6.0.5`);
    expect(error).toContain('install MongoDB 7.0');
    expect(error).toContain('MONGODB_URI=');
    expect(error).toContain('move .data/mongodb away yourself');
    expect(existsSync(path.join(dir, 'db/WiredTiger'))).toBe(true);
  },
);

test('a mongod that does not start on its data says whose they are, why, and what to do; the data stay', async () => {
  const dir = mongoData('6.0.5', { record: true });
  const fatal = '{"s":"F","msg":"Wrong featureCompatibilityVersion"}';
  onPath('mongod', 'db version v7.0.12', `echo '${fatal}'; exit 62`);
  const error = String(await findOrStartMongo({ dataDir: dataDir(), log }).catch((reason: Error) => reason));
  expect(said.join('\n')).toContain(
    '.data/mongodb was written by MongoDB 6.0.5; MongoDB 7.0.12, the next release, opens it from now on',
  );
  expect(error).toContain('MongoDB 7.0.12 does not start on .data/mongodb, written by MongoDB 6.0.5');
  expect(error).toContain(fatal);
  expect(error).toContain('install MongoDB 6.0');
  expect(existsSync(path.join(dir, 'db/WiredTiger'))).toBe(true);
  expect(JSON.parse(readFileSync(path.join(dir, 'written-by.json'), 'utf8')).version).toBe('6.0.5');
});

test('MongoDB records its version in its folder', async () => {
  symlinkSync(mongod.file, path.join(bin(), 'mongod'));
  const { server } = await findOrStartMongo({ dataDir: dataDir(), log });
  await server!.stop();
  expect(JSON.parse(readFileSync(path.join(dataDir(), 'mongodb/written-by.json'), 'utf8'))).toEqual({
    program: 'MongoDB',
    version: mongod.version,
  });
});
