import { MisconfiguredError } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import {
  judgeVersion,
  MONGODB_SERVERS,
  REDIS_SERVERS,
  type ServerVersion,
  serverName,
  untestedWarning,
} from '#lib/server-versions.ts';

/**
 * Refuse a server that is too old for the shop, and log one warning for a version that the tests do not cover.
 * @throws {MisconfiguredError} with the name of the variable that names the server
 */
export function requireVersion(found: ServerVersion): void {
  const verdict = judgeVersion(found);
  if (verdict === 'tooOld') {
    const [variable, needed] =
      found.server === 'MongoDB' ? ['MONGODB_URI', MONGODB_SERVERS] : ['REDIS_URL', REDIS_SERVERS];
    throw new MisconfiguredError(
      `Holdfast is misconfigured:\n  ${variable}: this server is ${serverName(found)}; the shop needs ${needed}`,
    );
  }
  if (verdict === 'untested') log().warn(untestedWarning(found));
}
