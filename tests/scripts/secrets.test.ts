import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingSecrets, SECRETS, writeSecretsOnce } from '#scripts/start/secrets.ts';

let root: string;
const file = () => path.join(root, '.env.local');

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'holdfast-secrets-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('the first start writes every secret, long and each another, for its owner alone', () => {
  expect(writeSecretsOnce(root)).toBe(true);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const written = parseEnv(readFileSync(file(), 'utf8'));
  expect(missingSecrets(written)).toEqual([]);
  const values = SECRETS.map((name) => written[name] ?? '');
  expect(new Set(values).size).toBe(SECRETS.length);
  for (const value of values) expect(value.length).toBeGreaterThanOrEqual(43); // 32 bytes
  expect(written.DEMO).toBe('1');
});

test('two shops do not share a secret', () => {
  writeSecretsOnce(root);
  const first = readFileSync(file(), 'utf8');
  rmSync(file());
  writeSecretsOnce(root);
  expect(readFileSync(file(), 'utf8')).not.toBe(first);
});

test('a second start touches nothing, whatever the file says', () => {
  writeFileSync(file(), 'ADMIN_API_KEY=mine\n');
  expect(writeSecretsOnce(root)).toBe(false);
  expect(readFileSync(file(), 'utf8')).toBe('ADMIN_API_KEY=mine\n');
  expect(missingSecrets({ ADMIN_API_KEY: 'mine', NEXTAUTH_SECRET: '' })).toEqual([
    'NEXTAUTH_SECRET',
    'SANDBOX_WEBHOOK_SECRET',
  ]);
});

test('a folder that cannot be written to is an error, not "already there"', () => {
  expect(() => writeSecretsOnce(path.join(root, 'missing'))).toThrow('ENOENT');
});
