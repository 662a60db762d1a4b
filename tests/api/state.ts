import type { Redis } from 'ioredis';
import type { Shop } from '#tests/api/shop.ts';

/** Everything that the shop remembers, as text by name: each Redis key but the workers' heartbeats, each MongoDB document. */
export async function stateOf({ redis, mongo }: Pick<Shop, 'redis' | 'mongo'>): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  const names = (await redis.keys('*')).filter((name) => name !== 'workers');
  await Promise.all(names.map(async (name) => (state[`redis ${name}`] = JSON.stringify(await contentOf(redis, name)))));
  for (const { name } of await mongo.listCollections()) {
    for await (const record of mongo.collection(name).find())
      state[`mongo ${name} ${record._id}`] = JSON.stringify(record);
  }
  return state;
}

async function contentOf(redis: Redis, name: string): Promise<unknown> {
  const type = await redis.type(name);
  switch (type) {
    case 'string':
      return redis.get(name);
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'hash':
      return Object.entries(await redis.hgetall(name)).sort();
    case 'zset':
      return redis.zrange(name, '0', '-1', 'WITHSCORES');
    case 'stream':
      return redis.xrange(name, '-', '+');
    default:
      throw new Error(`${name} is a ${type}`);
  }
}
