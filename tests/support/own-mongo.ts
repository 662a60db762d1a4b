import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';

/** A mongod that one test may stop, kill and make stumble. */
export interface OwnMongo {
  server: RunningMongo;
  /**
   * Make the shop's next command of a kind stumble (MongoDB's own `failCommand`; once, or every one on a collection).
   * @param how `blockMs`: it stays unexecuted for so long; `closeConnection`: its connection is cut instead
   */
  stumble(command: string, how: { blockMs: number } | { closeConnection: true }, everyOneOn?: string): Promise<void>;
  /** Nothing stumbles any more. */
  calm(): Promise<void>;
  /** Whether the shop's command of that kind, on that collection, has arrived and is not executed yet. */
  waits(command: string, on?: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function ownMongo(): Promise<OwnMongo> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-mongo-'));
  const server = await startMongo({ dir, args: ['--setParameter', 'enableTestCommands=1'], log: () => {} });
  const connection = await mongoose.createConnection(server.url).asPromise();
  const admin = connection.db!.admin();
  return {
    server,
    async stumble(command, how, everyOneOn) {
      const what = 'blockMs' in how ? { blockConnection: true, blockTimeMS: how.blockMs } : how;
      const which = everyOneOn ? { namespace: `holdfast.${everyOneOn}` } : {};
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
