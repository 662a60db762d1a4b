import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';

let stopping = false;

/**
 * Stop a process well: the first SIGINT or SIGTERM runs `drain` within LIMITS.drainMs, a second one ends it at once.
 * @param drain stops taking work, lets running work end, closes connections
 */
export function onShutdown(drain: () => Promise<void>): void {
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log().info({ signal }, 'stopping');
    const late = setTimeout(() => process.exit(1), LIMITS.drainMs);
    late.unref();
    drain().then(
      () => process.exit(0),
      (err: unknown) => {
        log().error({ err }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** The exit code of a process that must not start: another try would end the same way (sysexits.h). */
export const EX_CONFIG = 78;

/**
 * End a process that must not start, with the reason on standard error and no stack. One that was told to stop while it
 * started goes on stopping: its connections are closed, and what fails of that is no reason.
 */
export function refuseToStart(error: unknown): void {
  if (stopping) return;
  const fatal = error instanceof Error ? error : new Error(String(error));
  const known = fatal.name === 'MisconfiguredError' || fatal.name === 'MissingIndexError';
  process.stderr.write(`${known ? fatal.message : (fatal.stack ?? fatal.message)}\n`);
  process.exit(EX_CONFIG);
}
