import { withBuiltShop } from '#scripts/chaos/built-shop.ts';
import { type ProofResult, verdict } from '#scripts/chaos/evidence.ts';
import { runMoney } from '#tests/support/money.ts';

/**
 * Many purchases against a bank that does everything wrong, with real processes on throw-away services.
 * @returns whether the bank's ledger equals the orders to the cent and nothing hangs
 */
export function runPurchases(purchases: number, seed: number): Promise<ProofResult> {
  return withBuiltShop(async () => {
    const kills = Math.ceil(purchases / 250);
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const { figures, problems } = await runMoney({ purchases, seed, inFlight: 32, kills, holdSeconds: 20, say });
    const equal = `${purchases} purchases: the bank has ${figures.taken}, the PAID orders cost ${figures.sold}: equal, nothing hangs`;
    return verdict(problems.length === 0, [
      ...Object.entries(figures).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
      ...(problems.length === 0 ? [equal] : problems),
    ]);
  });
}
