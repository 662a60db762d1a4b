import { renameSync } from 'node:fs';
import path from 'node:path';
import { serverName } from '#lib/server-versions.ts';
import { type DataPlace, folderName, isExactly, recordWriter } from '#scripts/services/data-writer.ts';
import type { Log } from '#scripts/services/log.ts';
import { freePort } from '#scripts/services/ports.ts';
import { type RunningRedis, startRedis } from '#scripts/services/redis.ts';
import { hasRedisData, redisWriter, setAside } from '#scripts/services/redis-folder.ts';
import { findRedisProgram, findRedisProgramFor } from '#scripts/services/redis-program.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';
import { EndedEarlyError } from '#scripts/services/service-process.ts';

/**
 * The Redis that REDIS_URL names (`server` is then absent and is not ours to stop), else one of our own on the data of the last
 * start. Data that no program here may open, or that Redis cannot load, is set aside: MongoDB has every order, and the shop
 * rebuilds every sale from it.
 */
export async function findOrStartRedis(place: DataPlace): Promise<{ url: string; server?: RunningRedis }> {
  const url = process.env.REDIS_URL;
  if (url) return { url };
  const { dataDir, log } = place;
  const dir = path.join(dataDir, 'redis');
  const program = await programFor(dir, log);
  const port = await freePort(place.port);
  const start = () => startRedis({ dir, port, log, program, ownGroup: true });
  const server = await start().catch((error: unknown) => startEmpty(dir, error, start, log));
  recordWriter(dir, program);
  return { url: server.url, server };
}

/** Which program to start on a data folder; a folder that none may open is set aside. */
async function programFor(dir: string, log: Log): Promise<ServerProgram> {
  const writer = redisWriter(dir);
  if (!writer) return findRedisProgram(log);
  const fitting = await findRedisProgramFor(writer, log);
  if (fitting) {
    if (!isExactly(writer, fitting)) {
      log(
        `${folderName(dir)} was written by ${serverName(writer)}; ${serverName(fitting)}, a newer version, opens it from now on`,
      );
    }
    return fitting;
  }
  const program = await findRedisProgram(log);
  const aside = setAside(dir, writer);
  log(
    `${folderName(dir)} was written by ${serverName(writer)}, which is not here, and ${serverName(program)} must not open it. ${rebuilt(aside)}`,
  );
  return program;
}

/**
 * Start Redis without the data that it could not load. When it does not start without them either, they are not the reason:
 * they are put back, and the first error is thrown.
 */
async function startEmpty(
  dir: string,
  error: unknown,
  start: () => Promise<RunningRedis>,
  log: Log,
): Promise<RunningRedis> {
  if (!(error instanceof EndedEarlyError) || !hasRedisData(dir)) throw error;
  if (error.exit.signal === 'SIGKILL') throw error; // by the system, for want of memory: the data may be sound
  const aside = setAside(dir, redisWriter(dir));
  try {
    const server = await start();
    log(`Redis could not load ${folderName(dir)} (${folderName(aside)}/redis.log says why). ${rebuilt(aside)}`);
    return server;
  } catch {
    removeFolder(dir);
    renameSync(aside, dir);
    throw error;
  }
}

const rebuilt = (aside: string) =>
  `It is now ${folderName(aside)}; Redis starts empty, and every sale is rebuilt from MongoDB, which has every order.`;
