import type { Connection } from 'mongoose';
import { requireVersion } from '#lib/require-version.ts';
import { isUnavailable } from '#lib/unavailable.ts';

/**
 * Check that this MongoDB is new enough for the shop. A hosted one that does not show its version is accepted.
 * @throws {MisconfiguredError} when it is too old; other errors mean that MongoDB could not be asked
 */
export async function checkMongo(mongo: Connection): Promise<void> {
  const build = await mongo
    .db!.admin()
    .buildInfo()
    .catch((error: unknown) => {
      if (isUnavailable(error)) throw error;
      return undefined;
    });
  const version = /^\d+\.\d+(\.\d+)?/.exec(String(build?.version))?.[0];
  if (version) requireVersion({ server: 'MongoDB', version });
}
