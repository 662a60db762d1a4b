import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareVersions, isVersion, releaseLine, SERVER_VERSIONS, type ServerVersion } from '#lib/server-versions.ts';
import type { Log } from '#scripts/services/log.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';

const RECORD = 'written-by.json';

/** Where `npm start` keeps the data of a server, and which port it has. */
export interface DataPlace {
  /** The project's data folder; each server uses a folder of its own in it. */
  dataDir: string;
  /** Used when it is free. */
  port?: number;
  log: Log;
}

/** A server's data folder as messages name it: `.data/redis`. */
export const folderName = (folder: string): string => path.relative(path.resolve(folder, '../..'), folder);

/** The server that last wrote a data folder, as it was recorded there. Undefined without a record that can be read. */
export function readWriter(folder: string): ServerVersion | undefined {
  try {
    const { program, version } = JSON.parse(readFileSync(path.join(folder, RECORD), 'utf8'));
    return program in SERVER_VERSIONS && isVersion(version) ? { server: program, version } : undefined;
  } catch {
    return undefined;
  }
}

/** Record in a data folder which server writes it. */
export function recordWriter(folder: string, { server, version }: ServerVersion): void {
  writeFileSync(path.join(folder, RECORD), `${JSON.stringify({ program: server, version })}\n`);
}

/** The best program for a folder: one that is exactly the writer, else of its release, else the oldest newer one that may open it. */
export function pickFor(writer: ServerVersion, programs: readonly ServerProgram[]): ServerProgram | undefined {
  const fitting = programs.filter((program) => mayOpen(writer, program));
  const exact = fitting.find((program) => isExactly(writer, program));
  return exact ?? fitting.toSorted((a, b) => compareVersions(a.version, b.version))[0];
}

export function isExactly(writer: ServerVersion, program: ServerVersion): boolean {
  return program.server === writer.server && program.version === writer.version;
}

/**
 * Whether a server may open what another version wrote. Redis and Valkey read the files of their own older versions. MongoDB
 * reads those of its own release and of the one before.
 */
function mayOpen(writer: ServerVersion, program: ServerVersion): boolean {
  if (program.server !== writer.server) return false;
  if (program.server !== 'MongoDB') return compareVersions(program.version, writer.version) >= 0;
  if (releaseLine(program.version) === releaseLine(writer.version)) return true;
  const [from, to] = [writer, program].map(({ version }) => version.split('.').map(Number)) as [number[], number[]];
  return to[0] === from[0] ? to[1]! > from[1]! : to[0] === from[0]! + 1 && to[1] === 0;
}
