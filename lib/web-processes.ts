import cluster, { type Worker } from 'node:cluster';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { EX_CONFIG } from '#lib/shutdown.ts';

export interface RestartLimits {
  /** A process that ends before it has listened for this long is a failed start. */
  shortLifeMs: number;
  /** The pause after the first failed start, doubled after each further one in a row. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** Failed starts in a row after which the shop ends, unless another process serves. */
  attempts: number;
}

/**
 * Run web processes that share one port, and replace those that end: at once when they had served, with growing pauses when
 * they failed to start. Ends this process with 1 when none can live, and with 78 when one refuses its settings. SIGINT and
 * SIGTERM are handed on, and nothing is started after them.
 */
export function superviseProcesses(count: number, limits: RestartLimits = LIMITS.webRestart): void {
  const listeningSince = new Map<Worker, number>();
  const pauses = new Set<NodeJS.Timeout>();
  let stopping = false;

  const servedFor = (worker: Worker) => performance.now() - (listeningSince.get(worker) ?? performance.now());
  const oneServes = () => [...listeningSince.keys()].some((worker) => servedFor(worker) >= limits.shortLifeMs);

  /** @param failures failed starts in a row before this one */
  function start(failures: number): void {
    const worker = cluster.fork();
    worker.once('listening', () => listeningSince.set(worker, performance.now()));
    worker.once('exit', (code, signal) => ended(worker, failures, code, signal));
  }

  function ended(worker: Worker, before: number, code: number | null, signal: string | null): void {
    if (code === EX_CONFIG) process.exit(code);
    const failures = servedFor(worker) >= limits.shortLifeMs ? 0 : before + 1;
    listeningSince.delete(worker);
    if (stopping) return;
    const end = { webPid: worker.process.pid, code, signal };
    if (failures >= limits.attempts && !oneServes()) {
      const how = signal ?? `code ${code}`;
      log().fatal(end, `${failures} starts of a web process in a row failed (the last one: ${how}): giving up`);
      process.exit(1);
    }
    const pauseMs = failures === 0 ? 0 : Math.min(limits.firstPauseMs * 2 ** (failures - 1), limits.longestPauseMs);
    log().warn({ ...end, failures, pauseMs }, 'a web process ended; another one starts after the pause');
    const pause = setTimeout(() => {
      pauses.delete(pause);
      start(failures);
    }, pauseMs);
    pauses.add(pause);
  }

  for (let i = 0; i < count; i += 1) start(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping = true;
      for (const pause of pauses) clearTimeout(pause);
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill(signal);
    });
  }
}
