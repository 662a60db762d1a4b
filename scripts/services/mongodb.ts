import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Log, silent } from '#scripts/services/log.ts';
import { findMongod } from '#scripts/services/mongodb-program.ts';
import { freePort } from '#scripts/services/ports.ts';
import { becomePrimary, REPLICA_SET } from '#scripts/services/replica-set.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';
import { type ServiceProcess, startProcess, untilReady } from '#scripts/services/service-process.ts';

export interface MongoOptions {
  /** Its data and log go here. Made when missing. */
  dir: string;
  /** Exactly this port; any free one without it. */
  port?: number;
  /** More of mongod's own options. */
  args?: string[];
  log?: Log;
  /** The program to start; any that can be found without it. */
  program?: ServerProgram;
  /** See ServiceOptions.ownGroup. */
  ownGroup?: boolean;
}

/** A replica set of one of our own on loopback. `pid` and `process` change with restart(). */
export interface RunningMongo {
  /** Names the database `holdfast`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ChildProcess;
  readonly service: ServiceProcess;
  readonly dir: string;
  stop(graceMs?: number): Promise<void>;
  kill9(): Promise<void>;
  /** Start it again on the same port and data, stopping it first when it still runs. */
  restart(): Promise<void>;
}

const READY_LIMIT_MS = 60_000;
const START_ATTEMPTS = 3;

/** Start a mongod of our own, make it a replica set of one, and wait until it is primary. */
export async function startMongo(options: MongoOptions): Promise<RunningMongo> {
  const program = options.program ?? (await findMongod(options.log ?? silent));
  mkdirSync(path.join(options.dir, 'db'), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return wrap(await launch(program.file, options, port), program.file, options, port);
    } catch (error) {
      // Between our look at the port and its use somebody else may have taken it.
      if (options.port !== undefined || attempt === START_ATTEMPTS) throw error;
    }
  }
}

async function launch(program: string, options: MongoOptions, port: number): Promise<ServiceProcess> {
  const dbPath = path.join(options.dir, 'db');
  const service = await startProcess({
    name: 'MongoDB',
    command: program,
    args: [
      ...['--dbpath', dbPath, '--port', String(port), '--bind_ip', '127.0.0.1'],
      ...['--replSet', REPLICA_SET, '--nounixsocket', '--quiet'],
      ...['--wiredTigerCacheSizeGB', '0.5'], // its default is half of the machine's memory
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...(options.args ?? []),
    ],
    logFile: path.join(options.dir, 'mongod.log'),
    telling: /"s":"[EF]"/, // errors and fatal ones; a dozen lines about leaving follow them
    ownGroup: options.ownGroup,
  });
  try {
    await untilReady(service, () => becomePrimary(port, dbPath), READY_LIMIT_MS);
    return service;
  } catch (error) {
    await service.kill9();
    throw error;
  }
}

function wrap(first: ServiceProcess, program: string, options: MongoOptions, port: number): RunningMongo {
  let service = first;
  return {
    url: `mongodb://127.0.0.1:${port}/holdfast?replicaSet=${REPLICA_SET}`,
    port,
    dir: options.dir,
    get service() {
      return service;
    },
    get pid() {
      return service.pid;
    },
    get process() {
      return service.process;
    },
    stop: (graceMs) => service.stop(graceMs),
    kill9: () => service.kill9(),
    async restart() {
      await service.stop();
      service = await launch(program, options, port);
    },
  };
}
