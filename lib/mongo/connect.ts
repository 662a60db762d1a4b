import mongoose, { type Connection } from 'mongoose';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';

/** A connection that is not open yet; models can be made on it. */
export function connectMongo(): Connection {
  mongoose.set('strictQuery', 'throw');
  const connection = mongoose.createConnection();
  connection.set('bufferCommands', false);
  connection.on('error', () => {}); // said by the operations that fail
  return connection;
}

/**
 * Open a connection, trying as long as MongoDB is away. Writes are acknowledged by a majority and its journals, reads are
 * majority reads from the primary. An operation has LIMITS.mongoOperationMs, and the one repeat that the driver makes of it
 * LIMITS.mongoServerSelectionMs to find a server and as much to get a connection; after that its outcome is unknown.
 * @param uri mongodb:// of a replica set
 */
export async function keepConnecting(connection: Connection, uri: string): Promise<void> {
  for (let said = false; ; said = true) {
    try {
      await connection.openUri(uri, {
        appName: 'holdfast',
        autoIndex: false,
        autoCreate: false,
        bufferCommands: false,
        maxPoolSize: 40,
        socketTimeoutMS: LIMITS.mongoOperationMs,
        connectTimeoutMS: LIMITS.mongoServerSelectionMs,
        waitQueueTimeoutMS: LIMITS.mongoServerSelectionMs,
        serverSelectionTimeoutMS: LIMITS.mongoServerSelectionMs,
        readPreference: 'primary',
        readConcernLevel: 'majority',
        writeConcern: { w: 'majority', journal: true, wtimeoutMS: LIMITS.mongoOperationMs },
      });
      return;
    } catch (error) {
      if (!said) log().warn({ err: error }, 'MongoDB is away; trying until it answers');
      await new Promise((resolve) => setTimeout(resolve, LIMITS.reconnectMs));
    }
  }
}
