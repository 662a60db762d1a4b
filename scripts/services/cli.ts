// `node scripts/services/cli.ts`: a throw-away Redis and MongoDB for working on the project, until Ctrl-C or SIGTERM.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-services-'));
const log = (line: string) => console.error(line);
const [redis, mongodb] = await Promise.all([
  startRedis({ dir: path.join(folder, 'redis'), log, ownGroup: true }),
  startMongo({ dir: path.join(folder, 'mongodb'), log, ownGroup: true }),
]);
console.log(`REDIS_URL=${redis.url}`);
console.log(`MONGODB_URI=${mongodb.url}`);

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await mongodb.stop();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);
