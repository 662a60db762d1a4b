import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { type RunningMongo, startMongo } from '#scripts/services/mongodb.ts';
import { findMongod } from '#scripts/services/mongodb-program.ts';
import { freePort } from '#scripts/services/ports.ts';
import { removeFolder } from '#scripts/services/remove-folder.ts';
import { REPLICA_SET } from '#scripts/services/replica-set.ts';
import { type ServiceProcess, startProcess } from '#scripts/services/service-process.ts';
import { serviceFolder } from '#tests/support/service-folder.ts';
import { until } from '#tests/support/until.ts';

/** A replica set of three, whose primary may go. */
export interface ThreeMongos {
  url: string;
  /** The primary steps down, and another is elected. */
  stepDown(): Promise<void>;
  /** The primary is killed, and another is elected. */
  killPrimary(): Promise<void>;
  close(): Promise<void>;
}

const ELECTION_MS = 2_000;

export async function threeMongos(): Promise<ThreeMongos> {
  const dir = serviceFolder('three');
  const first: RunningMongo = await startMongo({ dir: join(dir, 'first'), log: () => {} });
  const running = new Map<number, Pick<ServiceProcess, 'kill9'>>([[first.port, first]]);
  const connection = await mongoose.createConnection(first.url).asPromise();
  const admin = connection.db!.admin();
  for (const name of ['second', 'third']) {
    const port = await freePort();
    running.set(port, await another(join(dir, name), port));
    const { config } = await until(() => admin.command({ replSetGetConfig: 1 }), { what: 'the set answers' });
    config.version += 1;
    config.settings.electionTimeoutMillis = ELECTION_MS;
    config.members.push({ _id: config.members.length, host: `127.0.0.1:${port}` });
    await until(() => admin.command({ replSetReconfig: config }), { what: `${name} joins` });
    await until(
      async () => {
        const { members, votingMembersCount } = await admin.command({ replSetGetStatus: 1 });
        const grown = (members as { stateStr: string }[]).every(({ stateStr }) =>
          /^(PRIMARY|SECONDARY)$/.test(stateStr),
        );
        return grown && votingMembersCount === members.length;
      },
      { what: `${name} has caught up and votes`, timeoutMs: 60_000 },
    );
  }
  const primary = async () => String((await admin.command({ hello: 1 })).primary ?? '');
  const elected = (before: string) =>
    until(async () => !['', before].includes(await primary()), { what: 'another primary', timeoutMs: 60_000 });
  return {
    url: first.url,
    async stepDown() {
      const before = await primary();
      await until(
        () =>
          admin.command({ replSetStepDown: 20, secondaryCatchUpPeriodSecs: 10 }).then(
            () => true,
            (error: Error) => /Network|not primary|closed/i.test(`${error.name} ${error.message}`),
          ),
        { what: 'it steps down' },
      );
      await elected(before);
    },
    async killPrimary() {
      const before = await primary();
      await running.get(Number(before.split(':')[1]))!.kill9();
      await elected(before);
    },
    async close() {
      await connection.close();
      await Promise.all([...running.values()].map((service) => service.kill9()));
      removeFolder(dir);
    },
  };
}

/** A mongod that waits to be taken into the set. */
async function another(dir: string, port: number): Promise<ServiceProcess> {
  mkdirSync(join(dir, 'db'), { recursive: true });
  return startProcess({
    name: 'MongoDB',
    command: (await findMongod(() => {})).file,
    args: [
      ...['--dbpath', join(dir, 'db'), '--port', String(port), '--bind_ip', '127.0.0.1'],
      ...['--replSet', REPLICA_SET, '--nounixsocket', '--quiet', '--wiredTigerCacheSizeGB', '0.25'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ],
    logFile: join(dir, 'mongod.log'),
  });
}
