// Runs tests/stripe against stripe-mock, Stripe's own server made from its OpenAPI description. It checks every request and
// answers with fixtures, and remembers nothing: so it proves that what we ask is understood, and nothing of what comes of it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '#scripts/services/ports.ts';
import { findOnPath, runCommand } from '#scripts/services/run-command.ts';
import { TEST_DIST_DIR } from '#scripts/test/environment.ts';

const STRIPE_MOCK = 'v0.203.0';
const MINUTE_MS = 60_000;

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, '.data', `stripe-mock-${STRIPE_MOCK}`);
const program = path.join(folder, 'stripe-mock');

process.exit(await main());

/** @returns the exit code */
async function main(): Promise<number> {
  if (!existsSync(program)) {
    const go = findOnPath('go');
    if (!go) {
      console.error(
        'npm run test:stripe needs Go on PATH: it builds github.com/stripe/stripe-mock. See https://go.dev/dl/',
      );
      return 1;
    }
    console.log(`Building stripe-mock ${STRIPE_MOCK} (a minute or two, once)`);
    mkdirSync(folder, { recursive: true });
    const built = await runCommand(go, ['install', `github.com/stripe/stripe-mock@${STRIPE_MOCK}`], {
      timeoutMs: 10 * MINUTE_MS,
      env: { ...process.env, GOBIN: folder },
    });
    if (built.code !== 0) {
      console.error(`stripe-mock could not be built:\n${built.output}`);
      return 1;
    }
  }
  const env = { ...process.env, NEXT_DIST_DIR: TEST_DIST_DIR, NEXT_TELEMETRY_DISABLED: '1' };
  const built = await runCommand(process.execPath, [moduleFile('next', 'dist', 'bin', 'next'), 'build'], {
    timeoutMs: 10 * MINUTE_MS,
    cwd: root,
    env: { ...env, NODE_ENV: 'production' },
  });
  if (built.code !== 0) {
    console.error(`The shop could not be built:\n${built.output}`);
    return 1;
  }
  const port = await freePort();
  const mock = spawn(program, ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
  const stop = () => mock.kill();
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
    process.once(signal, () => process.exit(1));
  try {
    return await run([moduleFile('vitest', 'vitest.mjs'), 'run', '--config', 'vitest.stripe.config.ts'], {
      ...env,
      STRIPE_MOCK_URL: `http://127.0.0.1:${port}`,
    });
  } finally {
    stop();
  }
}

function moduleFile(...parts: string[]): string {
  return path.join(root, 'node_modules', ...parts);
}

function run(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
    process.once('exit', () => child.kill());
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
