import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MisconfiguredError, parseEnv } from '#lib/env.ts';

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

test('.env.example names every variable that a merchant may set', () => {
  const example = readFileSync('.env.example', 'utf8');
  const schema = readFileSync('lib/env.ts', 'utf8').split('Tests only')[0]!;
  for (const [, name] of schema.matchAll(/^ {2}([A-Z_]+):/gm))
    expect(example, name).toMatch(new RegExp(`^${name}=`, 'm'));
});
