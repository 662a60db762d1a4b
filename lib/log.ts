import { type Logger, pino } from 'pino';
import { env } from '#lib/env.ts';

let logger: Logger | undefined;

/** The process's logger: one JSON line per event, secrets and cookies redacted. Made on first use. */
export function log(): Logger {
  logger ??= pino({
    level: env().LOG_LEVEL,
    base: { pid: process.pid },
    redact: ['*.authorization', '*.cookie', '*.password', '*.key', 'authorization', 'cookie'],
  });
  return logger;
}
