import { join } from 'node:path';
import { startMongo } from '#scripts/services/mongodb.ts';
import { startRedis } from '#scripts/services/redis.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';

/** One Redis and one MongoDB for the whole run: those that the runner names, else throw-away ones. */
export default async function services(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.REDIS_URL && process.env.MONGODB_URI) return undefined;
  const dir = serviceFolder('test');
  const log = () => {};
  const [redis, mongo] = await Promise.all([
    startRedis({ dir: join(dir, 'redis'), log }),
    startMongo({ dir: join(dir, 'mongo'), log }),
  ]);
  process.env.REDIS_URL = redis.url;
  process.env.MONGODB_URI = mongo.url;
  return async () => {
    await Promise.all([redis.stop(), mongo.stop()]);
    removeFolder(dir);
  };
}
