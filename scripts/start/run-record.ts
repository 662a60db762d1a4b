import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandLineOf } from '#scripts/processes.mjs';

/** What runs in this folder, so that a second start, a later start and our other commands know. */
export interface RunRecord {
  /** The process that started the rest. */
  pid: number;
  /** Where the shop answers; empty for a test run. */
  url: string;
  /** What it started, in the order of starting. Their command lines name this folder. */
  children: { name: string; pid: number }[];
}

/** `npm start` and `npm test` may run side by side, each of them once in a folder. */
export interface RunPlace {
  root: string;
  dataDir: string;
  program: 'start' | 'test';
}

export interface Recorder {
  /** Make the record, for a folder in which no such run is. False when another one was quicker. */
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

export function makeRecorder(place: RunPlace): Recorder {
  mkdirSync(place.dataDir, { recursive: true });
  const file = recordFile(place);
  let isOurs = false;
  return {
    claim(record) {
      try {
        writeFileSync(file, `${JSON.stringify(record)}\n`, { flag: 'wx' });
        isOurs = true;
      } catch (error) {
        if (!existsSync(file)) throw error;
      }
      return isOurs;
    },
    write(record) {
      const draft = `${file}.${process.pid}`;
      writeFileSync(draft, `${JSON.stringify(record)}\n`);
      renameSync(draft, file);
    },
    writeAddresses({ redisUrl, mongodbUri }) {
      // An address may carry a password.
      const lines = `REDIS_URL=${redisUrl}\nMONGODB_URI=${mongodbUri}\n`;
      writeFileSync(addressFile(place), lines, { mode: 0o600 });
    },
    remove() {
      if (isOurs) removeFiles(place);
    },
  };
}

/** The record of a run that still goes on in this folder, or undefined. */
export function findRunning(place: RunPlace): RunRecord | undefined {
  const record = readRecord(place);
  if (!record || record.pid === process.pid) return undefined;
  const program = path.join(place.root, 'scripts', `${place.program}.ts`);
  return commandLineOf(record.pid).includes(program) ? record : undefined;
}

/**
 * Stop what a run that was killed left behind, newest first: only processes whose command line names this folder.
 * @returns the names of what was stopped
 */
export async function stopLeftovers(place: RunPlace): Promise<string[]> {
  if (findRunning(place)) return [];
  const stopped: string[] = [];
  for (const child of (readRecord(place)?.children ?? []).toReversed()) {
    if (!isFromHere(place.root, child.pid)) continue;
    await end(place.root, child.pid);
    stopped.push(child.name);
  }
  removeFiles(place);
  return stopped;
}

function recordFile({ dataDir, program }: RunPlace): string {
  return path.join(dataDir, program === 'start' ? 'run.json' : 'test-run.json');
}

function addressFile({ dataDir }: RunPlace): string {
  return path.join(dataDir, 'run.env');
}

function removeFiles(place: RunPlace): void {
  rmSync(recordFile(place), { force: true });
  if (place.program === 'start') rmSync(addressFile(place), { force: true });
}

function readRecord(place: RunPlace): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(place), 'utf8'));
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
