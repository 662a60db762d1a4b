import {
  judgeVersion,
  MONGODB_SERVERS,
  REDIS_SERVERS,
  SERVER_VERSIONS,
  type ServerName,
  type ServerVersion,
  serverName,
  untestedWarning,
} from '#lib/server-versions.ts';
import type { Log } from '#scripts/services/log.ts';
import { findOnPath, runCommand } from '#scripts/services/run-command.ts';

/** A server program of this machine, and which version of which server it is. */
export interface ServerProgram extends ServerVersion {
  file: string;
}

/** What is said about every server that `npm start` fetches or installs. */
export const FOR_TRYING_OUT = `for trying out: use your own ${MONGODB_SERVERS} and ${REDIS_SERVERS} in production`;

const VERSION_LIMIT_MS = 10_000;

/** Ask a program for its version. Undefined when it does not run or is none of our servers. */
export async function readProgram(file: string): Promise<ServerProgram | undefined> {
  const { output } = await runCommand(file, ['--version'], { timeoutMs: VERSION_LIMIT_MS });
  // Some systems ship Valkey under the name redis-server: what the program says counts, not its name.
  const redis = /\b(Redis|Valkey) server v=(\d+(?:\.\d+)+)/.exec(output);
  if (redis) return { file, server: redis[1] as ServerName, version: redis[2]! };
  const mongod = /\bdb version v(\d+(?:\.\d+)+)/.exec(output);
  return mongod ? { file, server: 'MongoDB', version: mongod[1]! } : undefined;
}

/**
 * The programs of these names on PATH that are new enough for the shop, in this order.
 * @param attempts gets the reason for each one that is not
 */
export async function programsOnPath(names: readonly string[], attempts: string[] = []): Promise<ServerProgram[]> {
  const found: ServerProgram[] = [];
  for (const name of names) {
    const file = findOnPath(name);
    const program = file && (await readProgram(file));
    const refusal = !file ? `${name} is not on PATH` : program ? tooOld(program) : `${file} does not tell its version`;
    if (refusal) attempts.push(refusal);
    else if (program) found.push(program);
  }
  return found;
}

/** The reason why a program is not used, or undefined when it is new enough. */
export function tooOld(program: ServerProgram): string | undefined {
  if (judgeVersion(program) !== 'tooOld') return undefined;
  const { oldest } = SERVER_VERSIONS[program.server];
  return `${program.file} is ${serverName(program)}, older than ${oldest}`;
}

/** Hand a program on, with a warning when the tests do not cover its version. */
export function announced(program: ServerProgram, log: Log): ServerProgram {
  if (judgeVersion(program) === 'untested') log(untestedWarning(program));
  return program;
}
