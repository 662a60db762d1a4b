import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MisconfiguredError, parseEnv, shortSecrets } from '#lib/env.ts';

const good = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  MONGODB_URI: 'mongodb://127.0.0.1/holdfast',
  ADMIN_API_KEY: 'long-enough-key',
  NEXTAUTH_SECRET: 'long-enough-secret',
  SANDBOX_WEBHOOK_SECRET: 'long-enough-secret',
};

test('a good environment gets its defaults', () => {
  expect(parseEnv(good)).toMatchObject({
    PORT: 3000,
    HOLD_SECONDS: 60,
    EXTEND_SECONDS: 60,
    SWEEP_SECONDS: 5,
    KEYSPACE_EVENTS: 'on',
    PAYMENT_PROVIDER: 'sandbox',
    TRUSTED_PROXY_HOPS: 0,
  });
  expect(parseEnv({ ...good, NEXTAUTH_URL: '', HOLD_SECONDS: '2' })).toMatchObject({ HOLD_SECONDS: 2 });
});

test('every wrong name is named, and no value is shown', () => {
  const attempt = () =>
    parseEnv({
      ...good,
      REDIS_URL: 'http://secret.example',
      ADMIN_API_KEY: 'short',
      HOLD_SECONDS: 'soon',
      MONGODB_URI: undefined,
    });
  expect(attempt).toThrow(MisconfiguredError);
  expect(attempt).toThrow(/REDIS_URL: must start with redis/);
  expect(attempt).toThrow(/MONGODB_URI: is not set/);
  expect(attempt).toThrow(/ADMIN_API_KEY: needs at least 8/);
  expect(attempt).toThrow(/HOLD_SECONDS/);
  expect(attempt).not.toThrow(/secret\.example|short|soon/);
});

const { SANDBOX_WEBHOOK_SECRET: _, ...withoutSandbox } = good;
const stripe = {
  ...withoutSandbox,
  PAYMENT_PROVIDER: 'stripe',
  STRIPE_SECRET_KEY: 'sk_test_0123456789',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_0123456789',
};

test('with Stripe its three keys are needed, and the secret of the sandbox is not', () => {
  expect(parseEnv(stripe)).toMatchObject({ PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'sk_test_0123456789' });
  expect(parseEnv({ ...stripe, STRIPE_SECRET_KEY: 'rk_test_0123456789' })).toMatchObject({
    PAYMENT_PROVIDER: 'stripe',
  });
  for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_PUBLISHABLE_KEY'])
    expect(() => parseEnv({ ...stripe, [name]: '' })).toThrow(`${name}: is not set`);
  expect(() => parseEnv({ ...good, PAYMENT_PROVIDER: 'stripe', REDIS_URL: 'x' })).toThrow(
    /REDIS_URL.*STRIPE_SECRET_KEY.*STRIPE_WEBHOOK_SECRET.*STRIPE_PUBLISHABLE_KEY/s,
  );
  expect(() => parseEnv(withoutSandbox)).toThrow('SANDBOX_WEBHOOK_SECRET: is not set');
  expect(() => parseEnv({ ...good, PAYMENT_PROVIDER: 'cheques' })).toThrow(/PAYMENT_PROVIDER/);
});

test('keys of the wrong kind or mode, or a live key in a demo, stop the start; no key is shown', () => {
  const live = {
    ...stripe,
    STRIPE_SECRET_KEY: 'sk_live_0123456789',
    STRIPE_PUBLISHABLE_KEY: 'pk_live_0123456789',
    ADMIN_API_KEY: 'k'.repeat(32),
    NEXTAUTH_SECRET: 's'.repeat(32),
    NEXTAUTH_URL: 'https://shop.example',
  };
  expect(parseEnv(live)).toMatchObject({ DEMO: '0' });
  for (const [wrong, said] of [
    [{ ...live, DEMO: '1' }, /STRIPE_SECRET_KEY: is a live key/],
    [{ ...live, STRIPE_SECRET_KEY: 'rk_live_0123456789', DEMO: '1' }, /STRIPE_SECRET_KEY: is a live key/],
    [{ ...live, NEXTAUTH_SECRET: 's'.repeat(31) }, /NEXTAUTH_SECRET: needs at least 32/],
    [{ ...live, ADMIN_API_KEY: 'k'.repeat(31) }, /ADMIN_API_KEY: needs at least 32/],
    [{ ...live, NEXTAUTH_URL: '' }, /NEXTAUTH_URL: must be the https address/],
    [{ ...live, NEXTAUTH_URL: 'http://shop.example' }, /NEXTAUTH_URL: must be the https address/],
    [{ ...stripe, STRIPE_SECRET_KEY: 'pk_test_0123456789' }, /STRIPE_SECRET_KEY: must start with/],
    [{ ...stripe, STRIPE_PUBLISHABLE_KEY: 'sk_test_0123456789' }, /STRIPE_PUBLISHABLE_KEY: must start with/],
    [{ ...stripe, STRIPE_WEBHOOK_SECRET: 'sk_test_0123456789' }, /STRIPE_WEBHOOK_SECRET: must start with/],
    [{ ...stripe, STRIPE_PUBLISHABLE_KEY: 'pk_live_0123456789' }, /STRIPE_PUBLISHABLE_KEY: is of the other mode/],
    [{ ...stripe, STRIPE_API_URL: 'http://127.0.0.1:1' }, /STRIPE_API_URL: is for tests only/],
  ] as const) {
    expect(() => parseEnv(wrong)).toThrow(said);
    expect(() => parseEnv(wrong)).not.toThrow(/0123456789/);
  }
  expect(parseEnv({ ...stripe, STRIPE_API_URL: 'http://127.0.0.1:1', HOLDFAST_TEST: '1' })).toMatchObject({
    STRIPE_API_URL: 'http://127.0.0.1:1',
  });
});

test('short secrets open a shop that takes no real money, and are named', () => {
  expect(shortSecrets(parseEnv(good))).toEqual(['ADMIN_API_KEY', 'NEXTAUTH_SECRET', 'SANDBOX_WEBHOOK_SECRET']);
  const long = { ADMIN_API_KEY: 'k'.repeat(32), NEXTAUTH_SECRET: 's'.repeat(32) };
  expect(shortSecrets(parseEnv({ ...good, ...long }))).toEqual(['SANDBOX_WEBHOOK_SECRET']);
  expect(shortSecrets(parseEnv({ ...stripe, ...long }))).toEqual([]);
});

test('.env.example names every variable that a merchant may set', () => {
  const example = readFileSync('.env.example', 'utf8');
  const testsOnly = ['CRASH_AT', 'HOLDFAST_TEST', 'STRIPE_API_URL'];
  const found = readFileSync('lib/env.ts', 'utf8').matchAll(/\b([A-Z][A-Z_]{3,}): (z|whole|onOff|secret|stripeKey)\b/g);
  const names = Array.from(found, ([, name]) => name!);
  expect(names).toEqual(expect.arrayContaining(['PORT', 'SANDBOX_WEBHOOK_SECRET', 'STRIPE_SECRET_KEY', ...testsOnly]));
  for (const name of names.filter((name) => !testsOnly.includes(name)))
    expect(example, name).toMatch(new RegExp(`^${name}=`, 'm'));
});
