import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TEST_SECRETS } from '#scripts/chaos/environment.ts';
import { startMongo } from '#scripts/services/mongodb.ts';
import { build, needsBuild } from '#scripts/start/build.ts';
import { runMoney } from '#tests/support/money.ts';

/**
 * Many purchases against a bank that does everything wrong, with real processes on throw-away services.
 * @returns whether the bank's ledger equals the orders to the cent and nothing hangs
 */
export async function runPurchases(purchases: number, seed: number): Promise<boolean> {
  const root = path.resolve(import.meta.dirname, '../..');
  const place = { root, distDir: '.next', dataDir: path.join(root, '.data') };
  if (needsBuild(place)) await build(place);
  const dir = mkdtempSync(path.join(tmpdir(), 'holdfast-money-'));
  const mongo = await startMongo({ dir });
  Object.assign(process.env, TEST_SECRETS, { MONGODB_URI: mongo.url });
  try {
    const kills = Math.ceil(purchases / 250);
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const { figures, problems } = await runMoney({ purchases, seed, inFlight: 32, kills, holdSeconds: 20, say });
    const verdict =
      problems.length === 0
        ? `${purchases} purchases: the bank has ${figures.taken}, the PAID orders cost ${figures.sold}: equal, nothing hangs`
        : `${problems.length} problems:\n${problems.join('\n')}`;
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${verdict}\n`);
    return problems.length === 0;
  } finally {
    await mongo.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
