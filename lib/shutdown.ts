import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';

/**
 * Stop a process well: the first SIGINT or SIGTERM runs `drain` within LIMITS.drainMs, a second one ends it at once.
 * @param drain stops taking work, lets running work end, closes connections
 */
export function onShutdown(drain: () => Promise<void>): void {
  let stopping = false;
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

/** End a process that must not start, with the reason on standard error and no stack. */
export function refuseToStart(error: unknown): never {
  const fatal = error instanceof Error ? error : new Error(String(error));
  const known = fatal.name === 'MisconfiguredError' || fatal.name === 'MissingIndexError';
  process.stderr.write(`${known ? fatal.message : (fatal.stack ?? fatal.message)}\n`);
  process.exit(78); // EX_CONFIG
}
