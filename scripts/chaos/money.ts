import { withBuiltShop } from '#scripts/chaos/built-shop.ts';
import { runMoney } from '#tests/support/money.ts';

/**
 * Many purchases against a bank that does everything wrong, with real processes on throw-away services.
 * @returns whether the bank's ledger equals the orders to the cent and nothing hangs
 */
export function runPurchases(purchases: number, seed: number): Promise<boolean> {
  return withBuiltShop(async () => {
    const kills = Math.ceil(purchases / 250);
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const { figures, problems } = await runMoney({ purchases, seed, inFlight: 32, kills, holdSeconds: 20, say });
    const verdict =
      problems.length === 0
        ? `${purchases} purchases: the bank has ${figures.taken}, the PAID orders cost ${figures.sold}: equal, nothing hangs`
        : `${problems.length} problems:\n${problems.join('\n')}`;
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n${verdict}\n`);
    return problems.length === 0;
  });
}
