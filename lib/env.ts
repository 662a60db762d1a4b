import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';

const whole = (least: number, most: number, fallback: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback);
const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback);
const stripeKey = (kind: string) =>
  z.string().regex(new RegExp(`^(${kind})_(test|live)_\\w+$`), `must start with ${kind.replace('|', '_ or ')}_`);
const secret = z.string().min(8, 'needs at least 8 characters');

const everyShop = z.object({
  PORT: whole(0, 65_535, 3000),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
  MONGODB_URI: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
  HOLD_SECONDS: whole(1, LIMITS.holdSecondsMost, 60),
  EXTEND_SECONDS: whole(1, LIMITS.holdSecondsMost, 60),
  SWEEP_SECONDS: whole(1, 59, 5),
  KEYSPACE_EVENTS: onOff('on'),
  ADMIN_API_KEY: secret,
  NEXTAUTH_SECRET: secret,
  NEXTAUTH_URL: z.url().optional(),
  RATE_LIMIT: onOff('on'),
  SELLER_NAME: z.string().trim().min(1).max(200).default('Holdfast'),
  TRUSTED_PROXY_HOPS: whole(0, 10, 0),
  WEB_CONCURRENCY: whole(1, 64, 1),
  DEMO: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Tests only: the named step at which this process kills itself, and whether such steps exist at all. */
  CRASH_AT: z.string().optional(),
  HOLDFAST_TEST: z.enum(['0', '1']).default('0'),
});

const schema = z.discriminatedUnion('PAYMENT_PROVIDER', [
  everyShop.extend({
    PAYMENT_PROVIDER: z.literal('sandbox'),
    SANDBOX_WEBHOOK_SECRET: secret,
    SANDBOX_URL: z.url({ protocol: /^https?$/ }).optional(),
    SANDBOX_PORT: whole(0, 65_535, 3001),
    SANDBOX_FAULTS: z.string().optional(),
    SHOP_URL: z.url({ protocol: /^https?$/ }).optional(),
  }),
  everyShop.extend({
    PAYMENT_PROVIDER: z.literal('stripe'),
    STRIPE_SECRET_KEY: stripeKey('sk|rk'),
    STRIPE_WEBHOOK_SECRET: z.string().regex(/^whsec_\w+$/, 'must start with whsec_'),
    STRIPE_PUBLISHABLE_KEY: stripeKey('pk'),
    STRIPE_API_URL: z.url({ protocol: /^https?$/ }).optional(), // tests only
  }),
]);

export type Env = Readonly<z.infer<typeof schema>>;
/** The environment of a shop that is paid by the sandbox. */
export type SandboxEnv = Extract<Env, { PAYMENT_PROVIDER: 'sandbox' }>;

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
  present.PAYMENT_PROVIDER ??= 'sandbox';
  const parsed = schema.safeParse(present);
  const lines = parsed.success
    ? atOdds(parsed.data)
    : parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return `  ${name}: ${present[name] === undefined ? 'is not set' : issue.message}`;
      });
  if (parsed.success && lines.length === 0) return parsed.data;
  throw new MisconfiguredError(`Holdfast is misconfigured (see .env.example):\n${lines.join('\n')}`);
}

/** A secret that is shorter can be guessed from one cookie or signature, without asking the shop. */
const SECRET_LENGTH = 32;

/** @returns the names of the shop's own secrets that are too short for anything but trying it out */
export function shortSecrets(settings: Env): string[] {
  const { ADMIN_API_KEY, NEXTAUTH_SECRET } = settings;
  const sandbox = settings.PAYMENT_PROVIDER === 'sandbox' ? settings.SANDBOX_WEBHOOK_SECRET : undefined;
  return Object.entries({ ADMIN_API_KEY, NEXTAUTH_SECRET, SANDBOX_WEBHOOK_SECRET: sandbox })
    .filter(([, value]) => value !== undefined && value.length < SECRET_LENGTH)
    .map(([name]) => name);
}

/** Values that are fine one by one and not together. */
function atOdds(settings: Env): string[] {
  if (settings.PAYMENT_PROVIDER !== 'stripe') return [];
  const { STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY, STRIPE_API_URL, NEXTAUTH_URL, DEMO, HOLDFAST_TEST } = settings;
  const live = STRIPE_SECRET_KEY.includes('_live_');
  return [
    ...(live && DEMO === '1' ? ['  STRIPE_SECRET_KEY: is a live key, and DEMO is 1: a demo takes no real money'] : []),
    ...(live ? shortSecrets(settings) : []).map(
      (name) => `  ${name}: needs at least ${SECRET_LENGTH} characters where real money is taken`,
    ),
    ...(live && !NEXTAUTH_URL?.startsWith('https://')
      ? ['  NEXTAUTH_URL: must be the https address of the shop where real money is taken']
      : []),
    ...(live === STRIPE_PUBLISHABLE_KEY.includes('_live_')
      ? []
      : ['  STRIPE_PUBLISHABLE_KEY: is of the other mode (test or live) than STRIPE_SECRET_KEY']),
    ...(STRIPE_API_URL && HOLDFAST_TEST !== '1' ? ['  STRIPE_API_URL: is for tests only'] : []),
  ];
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
    if (process.env.NEXTAUTH_URL === '') delete process.env.NEXTAUTH_URL; // next-auth reads it too, and trips over nothing
  }
  return parsed;
}

/** Whether `next build` runs this code, before there is any setting. */
export const isBuild = () => process.env.NEXT_PHASE === 'phase-production-build';
