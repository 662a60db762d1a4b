import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { build, needsBuild } from '#scripts/start/build.ts';

/**
 * Have the shop built as it is now, and a MongoDB of its own in this process's environment, for a proof that runs real processes
 * (`shopFloor`). The MongoDB goes away again, also when the proof fails.
 * @returns what the proof returns
 */
export async function withBuiltShop<T>(proof: () => Promise<T>): Promise<T> {
  const root = path.resolve(import.meta.dirname, '../..');
  const place = { root, distDir: '.next', dataDir: path.join(root, '.data') };
  if (needsBuild(place)) await build(place);
  const dir = mkdtempSync(path.join(tmpdir(), 'holdfast-proof-'));
  const mongo = await startMongo({ dir });
  Object.assign(process.env, TEST_SECRETS, { MONGODB_URI: mongo.url });
  try {
    return await proof();
  } finally {
    await mongo.stop();
    removeFolder(dir);
  }
}
