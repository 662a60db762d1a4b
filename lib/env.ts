import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const whole = (least: number, most: number, fallback: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback);
const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback);
const secret = z.string().min(8, 'needs at least 8 characters');

const schema = z.object({
  PORT: whole(0, 65_535, 3000),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
  MONGODB_URI: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
  HOLD_SECONDS: whole(1, 86_400, 60),
  EXTEND_SECONDS: whole(1, 86_400, 60),
  SWEEP_SECONDS: whole(1, 59, 5),
  KEYSPACE_EVENTS: onOff('on'),
  ADMIN_API_KEY: secret,
  NEXTAUTH_SECRET: secret,
  NEXTAUTH_URL: z.url().optional(),
  PAYMENT_PROVIDER: z.enum(['sandbox']).default('sandbox'),
  SANDBOX_WEBHOOK_SECRET: secret,
  RATE_LIMIT: onOff('on'),
  TRUSTED_PROXY_HOPS: whole(0, 10, 0),
  WEB_CONCURRENCY: whole(1, 64, 1),
  DEMO: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Tests only: the named step at which this process kills itself, and whether such steps exist at all. */
  CRASH_AT: z.string().optional(),
  HOLDFAST_TEST: z.enum(['0', '1']).default('0'),
});

export type Env = Readonly<z.infer<typeof schema>>;

/** Thrown when the environment does not fit; its message names each wrong variable and never shows a value. */
export class MisconfiguredError extends Error {
  override name = 'MisconfiguredError';
}

/**
 * Parse an environment. An empty value counts as missing.
 * @throws {MisconfiguredError} with one line for each wrong name
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name}: ${present[name] === undefined ? 'is not set' : issue.message}`;
  });
  throw new MisconfiguredError(`Holdfast is misconfigured (see .env.example):\n${lines.join('\n')}`);
}

let parsed: Env | undefined;

/**
 * The environment of this process, read once: what the process was given, then `.env.local`, then the addresses
 * of the services that `npm start` runs (`.data/run.env`); the first to name a variable wins.
 */
export function env(): Env {
  if (!parsed) {
    for (const file of ['.env.local', join('.data', 'run.env')]) {
      if (existsSync(/*turbopackIgnore: true*/ file)) process.loadEnvFile(/*turbopackIgnore: true*/ file);
    }
    parsed = parseEnv(process.env);
  }
  return parsed;
}
