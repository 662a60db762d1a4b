import type { ChildProcess } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type Log, silent } from '#scripts/services/log.ts';
import { freePort } from '#scripts/services/ports.ts';
import { findRedisProgram } from '#scripts/services/redis-program.ts';
import type { ServerProgram } from '#scripts/services/server-program.ts';
import { type ServiceProcess, startProcess, untilReady } from '#scripts/services/service-process.ts';

export interface RedisOptions {
  /** Its data and log go here. Made when missing. */
  dir: string;
  /** Exactly this port; any free one without it. */
  port?: number;
  /** More of redis-server's own options, after ours: later ones win. */
  args?: string[];
  log?: Log;
  /** The program to start; any that can be found without it. */
  program?: ServerProgram;
  /** See ServiceOptions.ownGroup. */
  ownGroup?: boolean;
}

/** A Redis of our own on loopback. `pid` and `process` change with restart(). */
export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ChildProcess;
  readonly service: ServiceProcess;
  readonly dir: string;
  /** A clean end: the append-only file is flushed. */
  stop(graceMs?: number): Promise<void>;
  kill9(): Promise<void>;
  /** Start it again on the same port and data, stopping it first when it still runs. */
  restart(): Promise<void>;
}

const READY_LIMIT_MS = 30_000;
const START_ATTEMPTS = 3;

/** Start a Redis of our own and wait until it answers PING (so its append-only file is loaded). */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const program = options.program ?? (await findRedisProgram(options.log ?? silent));
  mkdirSync(options.dir, { recursive: true });
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

async function launch(program: string, options: RedisOptions, port: number): Promise<ServiceProcess> {
  const service = await startProcess({
    name: 'Redis',
    command: program,
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', options.dir],
      ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
      ...['--maxmemory-policy', 'noeviction', '--notify-keyspace-events', 'Ex'],
      ...['--set-proc-title', 'no'], // its command line keeps naming the folder: how leftovers are known
      ...(options.args ?? []),
    ],
    logFile: path.join(options.dir, 'redis.log'),
    ownGroup: options.ownGroup,
  });
  try {
    await untilReady(service, () => isReady(port, options.dir), READY_LIMIT_MS);
    return service;
  } catch (error) {
    await service.kill9();
    throw error;
  }
}

function wrap(first: ServiceProcess, program: string, options: RedisOptions, port: number): RunningRedis {
  let service = first;
  return {
    url: `redis://127.0.0.1:${port}`,
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

/**
 * PING over a bare socket: no client that reconnects and complains while the server is starting. Asks for its folder
 * too: when somebody else has taken the port, theirs would answer while ours is still ending.
 */
function isReady(port: number, dir: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer within 2 s')));
    socket.once('connect', () => socket.write('PING\r\nCONFIG GET dir\r\nQUIT\r\n'));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('end', () => {
      socket.destroy();
      resolve(answer.startsWith('+PONG') && answer.includes(`\r\n${realpathSync(dir)}\r\n`));
    });
    socket.once('error', reject);
  });
}
