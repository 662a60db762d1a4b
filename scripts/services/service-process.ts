import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface ServiceOptions {
  /** How people call it: "Redis", "web". */
  name: string;
  command: string;
  args: string[];
  /** What it prints goes here, appended. */
  logFile: string;
  /** Which of its lines tell why it ended, when it says much else besides. */
  telling?: RegExp;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /**
   * Give it a process group of its own, so that Ctrl-C in a terminal reaches only us and we stop it in our order.
   * Tests leave this off: what kills their group then also kills what they started.
   */
  ownGroup?: boolean;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly name: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** The end of what it has written since this start, for a message about why it ended. */
  lastLines(): string;
  /** Settles when the process has ended, however. */
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: Exit | undefined;
  /** SIGTERM, and SIGKILL after the grace period; resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL at once; resolves when it is gone. */
  kill9(): Promise<void>;
}

/** A process ended by itself before it was ready. The message has the end of what it wrote. */
export class EndedEarlyError extends Error {
  override name = 'EndedEarlyError';
  readonly exit: Exit;

  constructor(message: string, exit: Exit) {
    super(message);
    this.exit = exit;
  }
}

const DEFAULT_GRACE_MS = 15_000;
const SHOWN_LINES = 15;

/** How to kill everything started and still alive: whatever ends this process takes them along. */
const alive = new Map<ServiceProcess, () => void>();
let watchingExit = false;

/** Start one long-running child with its output in a file. Throws when the program cannot be started. */
export async function startProcess(options: ServiceOptions): Promise<ServiceProcess> {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const output = openSync(options.logFile, 'a');
  const writtenBefore = fstatSync(output).size;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', output, output],
    detached: options.ownGroup ?? false,
  });
  closeSync(output);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      alive.delete(service);
      resolve(exit);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  const send = (signal: NodeJS.Signals) => {
    try {
      process.kill(options.ownGroup ? -pid : pid, signal);
    } catch {
      // It ended before the signal came.
    }
  };
  const service: ServiceProcess = {
    name: options.name,
    pid,
    process: child,
    lastLines: () => tailOf(options, writtenBefore),
    exited,
    get exit() {
      return exit;
    },
    async stop(graceMs = DEFAULT_GRACE_MS) {
      if (exit) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => send('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
      if (options.ownGroup) send('SIGKILL'); // a cluster's workers that outlived their master
    },
    async kill9() {
      if (!exit) send('SIGKILL');
      await exited;
    },
  };
  alive.set(service, () => send('SIGKILL'));
  watchExit();
  return service;
}

function watchExit() {
  if (watchingExit) return;
  watchingExit = true;
  process.on('exit', () => {
    for (const kill of alive.values()) kill();
  });
}

function tailOf({ logFile, telling }: ServiceOptions, fromByte: number): string {
  const lines = readFileSync(logFile).subarray(fromByte).toString().trimEnd().split('\n');
  const reasons = telling ? lines.filter((line) => telling.test(line)) : [];
  return (reasons.length > 0 ? reasons : lines).slice(-SHOWN_LINES).join('\n') || '(it wrote nothing)';
}

/**
 * Ask until the answer is true.
 * @param isReady may throw: the same as "not yet"
 * @throws {EndedEarlyError} when the process ends first; another error when the time is over. Both with the tail of the log
 */
export async function untilReady(
  service: ServiceProcess,
  isReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  let last = '';
  while (!service.exit) {
    try {
      if (await Promise.race([isReady(), service.exited.then(() => false)])) return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`${service.name} is not ready after ${timeoutMs / 1000} s. ${last}\n${service.lastLines()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const { code, signal } = service.exit;
  const how = `${service.name} ended at once (${signal ?? `code ${code}`})`;
  throw new EndedEarlyError(`${how}:\n${service.lastLines()}`, service.exit);
}
