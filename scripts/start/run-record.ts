import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLineOf } from '#scripts/processes.mjs';

/** What `npm start` runs in this folder: one record, so that a second start, a later start and `npm run audit` know. */
export interface RunRecord {
  /** The starting process. */
  pid: number;
  url: string;
  /** What it started, in the order of starting. */
  children: { name: string; pid: number }[];
}

export interface Recorder {
  /** Make the record, for a folder in which no start runs. False when another start was quicker. */
  claim(record: RunRecord): boolean;
  /** Replace the record. */
  write(record: RunRecord): void;
  /** Tell our other commands where the services are (lib/env.ts reads it after .env.local). */
  writeAddresses(addresses: { redisUrl: string; mongodbUri: string }): void;
  /** Take both away, if they are ours. */
  remove(): void;
}

const STOP_LIMIT_MS = 15_000;
const LOOK_MS = 50;

const recordFile = (dataDir: string) => path.join(dataDir, 'run.json');
const addressFile = (dataDir: string) => path.join(dataDir, 'run.env');

export function makeRecorder(dataDir: string): Recorder {
  mkdirSync(dataDir, { recursive: true });
  let isOurs = false;
  return {
    claim(record) {
      try {
        writeFileSync(recordFile(dataDir), `${JSON.stringify(record)}\n`, { flag: 'wx' });
        isOurs = true;
      } catch (error) {
        if (!existsSync(recordFile(dataDir))) throw error;
      }
      return isOurs;
    },
    write(record) {
      const draft = `${recordFile(dataDir)}.${process.pid}`;
      writeFileSync(draft, `${JSON.stringify(record)}\n`);
      renameSync(draft, recordFile(dataDir));
    },
    writeAddresses({ redisUrl, mongodbUri }) {
      // An address may carry a password.
      writeFileSync(addressFile(dataDir), `REDIS_URL=${redisUrl}\nMONGODB_URI=${mongodbUri}\n`, {
        mode: 0o600,
      });
    },
    remove() {
      if (isOurs) removeFiles(dataDir);
    },
  };
}

/** The record of a start that still runs in this folder, or undefined. */
export function findRunning(root: string, dataDir: string): RunRecord | undefined {
  const record = readRecord(dataDir);
  if (!record || record.pid === process.pid) return undefined;
  return commandLineOf(record.pid).includes(path.join(root, 'scripts', 'start.ts')) ? record : undefined;
}

/**
 * Stop what a start that was killed left behind, newest first: only processes whose command line names this folder.
 * @returns the names of what was stopped
 */
export async function stopLeftovers(root: string, dataDir: string): Promise<string[]> {
  if (findRunning(root, dataDir)) return [];
  const stopped: string[] = [];
  for (const child of (readRecord(dataDir)?.children ?? []).toReversed()) {
    if (!isFromHere(root, child.pid)) continue;
    await end(root, child.pid);
    stopped.push(child.name);
  }
  removeFiles(dataDir);
  return stopped;
}

function removeFiles(dataDir: string): void {
  rmSync(recordFile(dataDir), { force: true });
  rmSync(addressFile(dataDir), { force: true });
}

function readRecord(dataDir: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(dataDir), 'utf8'));
  } catch {
    return undefined; // none, or one cut short by a full disk: the same as none
  }
}

function isFromHere(root: string, pid: number): boolean {
  return commandLineOf(pid).includes(`${root}${path.sep}`);
}

async function end(root: string, pid: number): Promise<void> {
  const giveUpAt = Date.now() + STOP_LIMIT_MS;
  signal(pid, 'SIGTERM');
  while (isFromHere(root, pid)) {
    if (Date.now() > giveUpAt) signal(-pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  signal(-pid, 'SIGKILL'); // what it had started itself and outlived it
}

/** To a process, or (negative) to the group that it leads. */
function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // Gone already.
  }
}
