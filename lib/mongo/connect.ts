import mongoose, { type Connection } from 'mongoose';
import { LIMITS } from '#lib/limits.ts';

/**
 * Connect to MongoDB. Writes are acknowledged by a majority and its journals, reads are majority reads from the primary,
 * and each operation has one bound on its time, after which its outcome is unknown.
 * @param uri mongodb:// of a replica set
 */
export function connectMongo(uri: string): Connection {
  mongoose.set('strictQuery', 'throw');
  const connection = mongoose.createConnection(uri, {
    appName: 'holdfast',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    maxPoolSize: 40,
    timeoutMS: LIMITS.mongoOperationMs,
    serverSelectionTimeoutMS: LIMITS.mongoServerSelectionMs,
    readPreference: 'primary',
    readConcernLevel: 'majority',
    writeConcern: { w: 'majority', journal: true },
  });
  connection.asPromise().catch(() => {}); // whoever needs it awaits it and says so
  return connection;
}
