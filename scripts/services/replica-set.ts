import { mongo } from 'mongoose';

export const REPLICA_SET = 'rs0';

const CONNECT_LIMIT_MS = 2_000;
const NOT_YET_INITIALIZED = 94;
const INVALID_REPLICA_SET_CONFIG = 93;

/**
 * Make the mongod of this port the primary of a replica set of one, whatever it was before: new, or a set of one
 * that ran on another port. Resolves to true when it takes writes; false means "ask again"; throws while it cannot be asked.
 * @param dbPath of the mongod that is meant: when somebody else has taken the port, theirs is left alone
 */
export async function becomePrimary(port: number, dbPath: string): Promise<boolean> {
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: CONNECT_LIMIT_MS,
    connectTimeoutMS: CONNECT_LIMIT_MS,
  });
  try {
    const admin = client.db('admin');
    const { parsed } = await admin.command({ getCmdLineOpts: 1 });
    if (parsed?.storage?.dbPath !== dbPath) throw new Error(`another MongoDB listens on port ${port}`);
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary === true && hello.me === `127.0.0.1:${port}`) return true;
    await admin.command({ replSetGetStatus: 1 }).catch((error: unknown) => repair(client, port, error));
    return false;
  } finally {
    await client.close();
  }
}

async function repair(client: mongo.MongoClient, port: number, error: unknown): Promise<void> {
  const code = error instanceof mongo.MongoServerError ? error.code : undefined;
  const admin = client.db('admin');
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  if (code === NOT_YET_INITIALIZED) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members } });
  } else if (code === INVALID_REPLICA_SET_CONFIG) {
    const config = await client.db('local').collection('system.replset').findOne();
    if (!config) throw error;
    const next = { ...config, version: Number(config.version) + 1, members };
    await admin.command({ replSetReconfig: next, force: true });
  } else {
    throw error;
  }
}
