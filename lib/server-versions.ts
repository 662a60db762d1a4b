/**
 * The database servers of the shop: the oldest version of each that is accepted, and the one that the tests run on. The
 * programs that `npm start` finds, the servers that REDIS_URL and MONGODB_URI name, and the documents follow this table.
 */
export const SERVER_VERSIONS = {
  /** The scripts in lua/ begin with `#!lua flags=…`, which Redis understands since 7.0. */
  Redis: { oldest: '7.0', tested: '7.0.15' },
  /** Valkey's first release, a fork of Redis 7.2. */
  Valkey: { oldest: '7.2', tested: '9.1.2' },
  /** A partial index may use `$in` since 6.0; the unique index on the tokens of live orders does. */
  MongoDB: { oldest: '6.0', tested: '6.0.5' },
} as const;

export type ServerName = keyof typeof SERVER_VERSIONS;

/** A server and its version, for example Valkey 9.1.2. */
export interface ServerVersion {
  server: ServerName;
  /** Numbers separated by dots. */
  version: string;
}

/** A server as messages name it: "Valkey 9.1.2". */
export const serverName = ({ server, version }: ServerVersion): string => `${server} ${version}`;

/** Whether a text is a version that can be compared: numbers separated by dots. */
export const isVersion = (text: string): boolean => /^\d+(\.\d+)+$/.test(text);

const accepted = (server: ServerName) => `${server} ${SERVER_VERSIONS[server].oldest}+`;
const tested = (server: ServerName) => `${server} ${SERVER_VERSIONS[server].tested}`;

/** What is accepted behind REDIS_URL and MONGODB_URI, and what the tests run on, as messages and documents say it. */
export const REDIS_SERVERS = `${accepted('Redis')} or ${accepted('Valkey')}`;
export const MONGODB_SERVERS = accepted('MongoDB');
export const TESTED_SERVERS = `${tested('Redis')}, ${tested('Valkey')} and ${tested('MongoDB')}`;

/** `tested` covers the whole release line of the tested version: 7.0.4 as well as 7.0.15. */
export type Verdict = 'tooOld' | 'tested' | 'untested';

/** Whether the shop runs on this server. */
export function judgeVersion({ server, version }: ServerVersion): Verdict {
  if (compareVersions(version, SERVER_VERSIONS[server].oldest) < 0) return 'tooOld';
  return releaseLine(version) === releaseLine(SERVER_VERSIONS[server].tested) ? 'tested' : 'untested';
}

/** The warning for an untested version: one line. */
export function untestedWarning(found: ServerVersion): string {
  return `${serverName(found)} is accepted but not tested: the tests run on ${TESTED_SERVERS}`;
}

/** Negative when `a` is older than `b`, positive when it is newer, 0 when they are equal. Missing numbers count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first two numbers of a version: those that change when a server's features or files do. */
export function releaseLine(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
