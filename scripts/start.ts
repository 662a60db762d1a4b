// `npm start`: a shop from nothing but Node, npm and git, and a quick start of the same shop ever after.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DEMO_ACCOUNTS } from '#scripts/demo-accounts.ts';
import { findOrStartMongo } from '#scripts/services/find-mongodb.ts';
import { findOrStartRedis } from '#scripts/services/find-redis.ts';
import { build, needsBuild } from '#scripts/start/build.ts';
import { makeProgress } from '#scripts/start/progress.ts';
import { findRunning, makeRecorder, type RunPlace, stopLeftovers } from '#scripts/start/run-record.ts';
import { missingSecrets, writeSecretsOnce } from '#scripts/start/secrets.ts';
import { seedIfEmpty, startBank, startShop, untilShopReady } from '#scripts/start/shop.ts';
import { makeStack } from '#scripts/start/stack.ts';
import { claimSandboxPort, claimWebPort } from '#scripts/start/web-port.ts';

const REDIS_PORT = 6379;
const MONGODB_PORT = 27017;
/** One Ctrl-C reaches us up to three times: from the terminal, from npm, from our launcher. */
const SAME_SIGNAL_MS = 1_000;

const root = path.resolve(import.meta.dirname, '..');
const dataDir = path.join(root, '.data');
const { step, say } = makeProgress(process.stdout);
const runPlace: RunPlace = { root, dataDir, program: 'start' };
const recorder = makeRecorder(runPlace);
const stack = makeStack((service) => {
  say(`\n${service.name} has ended unexpectedly; its last lines:\n${service.lastLines()}`);
  void stop(1);
});

let stoppingSinceMs: number | undefined;

if (process.argv.includes('--stop-leftovers')) {
  await stopLeftovers(runPlace);
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onSignal());
  process.on('disconnect', () => onSignal()); // the launcher is gone
  try {
    await start();
  } catch (error) {
    if (stoppingSinceMs === undefined) {
      say(`\n${error instanceof Error ? error.message : String(error)}\n`);
      await stop(1);
    }
  }
}

async function start(): Promise<void> {
  const running = findRunning(runPlace);
  if (running) {
    say(
      `Holdfast already runs from this folder at ${running.url} (process ${running.pid}). Stop it with: kill ${running.pid}`,
    );
    process.exit(1);
  }
  const leftovers = await stopLeftovers(runPlace);
  if (leftovers.length > 0) say(`Stopped what an earlier start had left behind: ${leftovers.join(', ')}`);

  say('\nHoldfast\n');
  const isFirst = writeSecretsOnce(root);
  process.loadEnvFile(path.join(root, '.env.local'));
  const port = await claimWebPort();
  const url = `http://localhost:${port}`;
  const record = () => recorder.write({ pid: process.pid, url, children: stack.children() });
  if (!recorder.claim({ pid: process.pid, url, children: [] })) throw new Error('Another npm start was quicker.');

  await step('Secrets', () => {
    const missing = missingSecrets(process.env);
    if (missing.length > 0)
      throw new Error(`.env.local is yours and lacks ${missing.join(', ')}: add a line for each.`);
    return isFirst ? 'new random ones in .env.local' : 'from .env.local';
  });
  let redisUrl = '';
  await step('Redis', async (log) => {
    const { url: found, server } = await findOrStartRedis({ dataDir, port: REDIS_PORT, log });
    redisUrl = found;
    if (!server) return 'yours, from REDIS_URL';
    stack.add(server.service);
    record();
    return `started on 127.0.0.1:${server.port}`;
  });
  let mongodbUri = '';
  await step('MongoDB', async (log) => {
    const { url: found, server } = await findOrStartMongo({ dataDir, port: MONGODB_PORT, log });
    mongodbUri = found;
    if (!server) return 'yours, from MONGODB_URI';
    stack.add(server.service);
    record();
    return `started on 127.0.0.1:${server.port}`;
  });
  recorder.writeAddresses({ redisUrl, mongodbUri });

  const buildPlace = { root, distDir: '.next', dataDir };
  if (needsBuild(buildPlace)) {
    await step('Build', async (log) => {
      if (!existsSync(path.join(root, '.next'))) log('the first build takes about a minute');
      await build(buildPlace);
      return 'the shop is built';
    });
  }
  // A bank of the operator's own is not ours to start.
  const ownBank = (process.env.PAYMENT_PROVIDER || 'sandbox') === 'sandbox' && !process.env.SANDBOX_URL;
  const bankPort = ownBank ? await claimSandboxPort(port) : 0;
  const bankUrl = ownBank ? `http://localhost:${bankPort}` : undefined;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    NEXT_DIST_DIR: buildPlace.distDir,
    PORT: String(port),
    REDIS_URL: redisUrl,
    MONGODB_URI: mongodbUri,
    ...(bankUrl ? { SANDBOX_URL: bankUrl, SANDBOX_PORT: String(bankPort), SHOP_URL: process.env.SHOP_URL || url } : {}),
  };
  const place = { root, dataDir, port, env };
  await step('Database', () => seedIfEmpty(place));
  if (bankUrl) {
    await step('Test bank', async () => {
      await startBank(place, bankPort, (bank) => {
        stack.add(bank);
        record();
      });
      return `started on ${bankUrl}`;
    });
  }
  await step('Shop', async () => {
    const { web, worker } = await startShop(place);
    stack.add(web, worker);
    record();
    return untilShopReady(web, port);
  });
  announce(url, bankUrl);
}

function announce(url: string, bankUrl: string | undefined): void {
  const accounts =
    process.env.DEMO === '1'
      ? DEMO_ACCOUNTS.map(({ email, password }) => `  ${email.padEnd(26)} ${password}`).join('\n')
      : '  npm run admin -- add EMAIL';
  say(`
  Shop        ${url}
  Back room   ${url}/admin${bankUrl ? `\n  Test bank   ${bankUrl}` : ''}
  Logs        .data/logs
  Scripts     Authorization: Bearer ADMIN_API_KEY (in .env.local)

  Accounts${process.env.DEMO === '1' ? ' of the demo (public passwords: DEMO=0 locks them out)' : ''}
${accounts}

  Ready. Ctrl-C stops everything that was started here; the data stays in .data.
`);
}

function onSignal(): void {
  if (stoppingSinceMs === undefined) {
    say('\nStopping');
    void stop(0);
  } else if (Date.now() - stoppingSinceMs > SAME_SIGNAL_MS) {
    say('Killing what has not ended yet');
    void stack.kill().then(() => finish(1));
  }
}

/** Stop what was started, in reverse, and end. Safe to call twice: the first call wins. */
async function stop(code: number): Promise<void> {
  if (stoppingSinceMs !== undefined) return;
  stoppingSinceMs = Date.now();
  await stack.stop();
  finish(code);
}

function finish(code: number): void {
  recorder.remove();
  if (code === 0) say('Stopped. Nothing was left running.');
  process.exit(code);
}
