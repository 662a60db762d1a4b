import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';
import { removeFolder } from '#scripts/services/remove-folder.ts';

const MEMORY = '/dev/shm';
/** What a run writes at most, several times over. */
const MIN_FREE_BYTES = 6 * 1024 ** 3;

/**
 * The folder for the data of throw-away services. It lies in memory where there is room: a test waits for hundreds of
 * thousands of durable writes, and a slow disk would decide how long they take. `npm run chaos` uses the disk.
 * @param root the project's folder; a folder that a killed run of it left is removed
 * @param otherwise used where there is no such room
 */
export function makeScratch(root: string, otherwise: string): string {
  const folder = path.join(MEMORY, `holdfast-test-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);
  removeFolder(folder);
  const chosen = hasRoom() ? folder : otherwise;
  mkdirSync(chosen, { recursive: true });
  return chosen;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MIN_FREE_BYTES && availableMemory() >= MIN_FREE_BYTES;
  } catch {
    return false; // not Linux
  }
}

/** Bytes that programs may still take; `freemem` counts out what the system keeps as cache and would give back. */
function availableMemory(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return kilobytes ? Number(kilobytes) * 1024 : freemem();
}
