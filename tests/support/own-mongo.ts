import mongoose from 'mongoose';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';

/** A mongod that one test may stop, kill and make stumble. */
export interface OwnMongo {
  server: RunningMongo;
  /**
   * Make the shop's next command of a kind stumble (MongoDB's own `failCommand`; once, or every one on a collection,
   * named with its database when that is not `holdfast`).
   * @param how `blockMs`: it stays unexecuted for so long; `closeConnection`: its connection is cut instead;
   *   `writeConcernError`: it is executed, and its answer says by this code that a majority may not have it
   */
  stumble(
    command: string,
    how: { blockMs: number } | { closeConnection: true } | { writeConcernError: number },
    everyOneOn?: string,
  ): Promise<void>;
  /** Nothing stumbles any more. */
  calm(): Promise<void>;
  /** Whether the shop's command of that kind, on that collection, has arrived and is not executed yet. */
  waits(command: string, on?: string): Promise<boolean>;
  close(): Promise<void>;
}

/** In `failCommand`'s words. */
function stumbling(how: Parameters<OwnMongo['stumble']>[1]): object {
  if ('blockMs' in how) return { blockConnection: true, blockTimeMS: how.blockMs };
  if ('writeConcernError' in how) return { writeConcernError: { code: how.writeConcernError, errmsg: 'by order' } };
  return how;
}

export async function ownMongo(): Promise<OwnMongo> {
  const dir = serviceFolder('mongo');
  const server = await startMongo({ dir, args: ['--setParameter', 'enableTestCommands=1'], log: () => {} });
  const connection = await mongoose.createConnection(server.url).asPromise();
  const admin = connection.db!.admin();
  return {
    server,
    async stumble(command, how, everyOneOn) {
      const what = stumbling(how);
      const which = everyOneOn && { namespace: everyOneOn.includes('.') ? everyOneOn : `holdfast.${everyOneOn}` };
      await admin.command({
        configureFailPoint: 'failCommand',
        mode: everyOneOn ? 'alwaysOn' : { times: 1 },
        data: { failCommands: [command], appName: 'holdfast', ...which, ...what },
      });
    },
    async calm() {
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    },
    async waits(command, on) {
      const { inprog } = await admin.command({
        currentOp: true,
        [`command.${command}`]: on ?? { $exists: true },
        appName: 'holdfast',
      });
      return inprog.length > 0;
    },
    async close() {
      server.process.kill('SIGCONT');
      await connection.close();
      await server.kill9();
      removeFolder(dir);
    },
  };
}
