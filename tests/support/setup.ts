import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest';
import { closeWorld } from '#tests/support/world.ts';

/** Secrets of the test shop; services come from tests/support/services.ts. */
Object.assign(process.env, {
  ADMIN_API_KEY: 'test-admin-key-0123456789',
  NEXTAUTH_SECRET: 'test-nextauth-secret-0123456789',
  SANDBOX_WEBHOOK_SECRET: 'test-webhook-secret-0123456789',
  HOLDFAST_TEST: '1',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'fatal',
});

// A stray console.error is a failure.
beforeEach(() => {
  vi.spyOn(console, 'error');
});
afterEach(() => {
  const spy = vi.mocked(console.error);
  const calls = spy.mock?.calls ?? [];
  spy.mockRestore?.();
  expect(calls).toEqual([]);
});

// Files of a test process that share their modules (vitest.config.ts) begin with new ones of the shop's, and with the
// environment as it was.
const environment = { ...process.env };
afterAll(async () => {
  await closeWorld();
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for('holdfast')];
  vi.resetModules();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
