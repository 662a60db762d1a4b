import { format, stripVTControlCharacters } from 'node:util';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { env } from '#lib/env.ts';
import { scrub, scrubText } from '#lib/scrub.ts';

let logger: Logger | undefined;

/** The process's logger: one JSON line per event, without secrets and without end (lib/scrub.ts). Made on first use. */
export function log(): Logger {
  logger ??= makeLogger(env().LOG_LEVEL);
  return logger;
}

/**
 * From now on what libraries say on the console is a line of the log like any other: Next tells its failures there. So is what
 * Node warns of, which by itself would write several lines of plain text.
 */
export function logConsole(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log().warn(warning));
  for (const [method, level] of Object.entries(CONSOLE) as [keyof typeof CONSOLE, 'error'][]) {
    console[method] = (...said: unknown[]) => {
      const err = said.find((one) => one instanceof Error);
      const words = said.filter((one) => one !== err);
      log()[level](err ? { err } : {}, stripVTControlCharacters(format(...words)).trim() || 'said on the console');
    };
  }
}

const CONSOLE = { error: 'error', warn: 'warn', info: 'info', log: 'info', debug: 'debug', trace: 'debug' } as const;

/** @param destination standard output without it */
export function makeLogger(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    serializers: { err: (error: unknown) => error }, // scrub has written it out
    formatters: { log: (event) => scrub(event) as Record<string, unknown> },
    hooks: {
      logMethod(given, method) {
        const [first, message, ...rest] = given as unknown[];
        const said = first instanceof Error ? [{ err: first }, message ?? first.message] : [first, message];
        const clean = [...said, ...rest].map((part) => (typeof part === 'string' ? scrubText(part) : part));
        while (clean.at(-1) === undefined && clean.length > 1) clean.pop();
        method.apply(this, clean as Parameters<typeof method>);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
