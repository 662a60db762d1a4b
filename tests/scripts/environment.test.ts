import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { runCommand } from '#scripts/services/run-command.ts';
import { testEnvironment } from '#scripts/test/environment.ts';

const machine = { NODE_ENV: 'test', HOME: '/home/me' } as const;
const services = { redisUrl: 'redis://127.0.0.1:1', mongodbUri: 'mongodb://127.0.0.1:2/test', chromium: '' };

test("no setting of the operator's shop reaches a test", () => {
  const settings = Object.keys(parseEnv(readFileSync('.env.example', 'utf8')));
  expect(settings.length).toBeGreaterThan(10);
  const operators = Object.fromEntries(settings.map((name) => [name, 'operator']));
  const own = testEnvironment({ ...operators, ...machine }, services);
  expect(Object.entries(own).filter(([, value]) => value === 'operator')).toEqual([]);
  expect(own).toMatchObject({ HOME: '/home/me', REDIS_URL: services.redisUrl, MONGODB_URI: services.mongodbUri });
  expect(own.NEXT_DIST_DIR).not.toBe('.next');
});

test('each test run has secrets of its own', () => {
  const [one, two] = [testEnvironment(machine, services), testEnvironment(machine, services)];
  for (const name of ['ADMIN_API_KEY', 'NEXTAUTH_SECRET', 'SANDBOX_WEBHOOK_SECRET']) {
    expect(one[name]?.length).toBeGreaterThan(20);
    expect(one[name]).not.toBe(two[name]);
  }
});

test("an operator's .env.local does not fill in what a test run leaves empty", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-env-'));
  const file = path.join(folder, '.env.local');
  writeFileSync(file, 'HOLD_SECONDS=7\nREDIS_URL=redis://shop\nUNRELATED=1\n');
  const program = 'process.loadEnvFile(process.argv[1]); console.log(JSON.stringify(process.env))';
  const { output } = await runCommand(process.execPath, ['-e', program, file], {
    timeoutMs: 10_000,
    env: testEnvironment(machine, services),
  });
  expect(JSON.parse(output)).toMatchObject({ HOLD_SECONDS: '', REDIS_URL: services.redisUrl, UNRELATED: '1' });
  rmSync(folder, { recursive: true });
});
