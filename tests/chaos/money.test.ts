import { expect, test } from 'vitest';
import { extent } from '#tests/support/extent.ts';
import { runMoney } from '#tests/support/money.ts';

const PURCHASES = extent({ sample: 24, whole: 60 });

test(`${PURCHASES} purchases while the bank does everything wrong at once and is killed: its ledger equals the orders to the cent`, async () => {
  const holdSeconds = extent({ sample: 6, whole: 12 });
  const { figures, problems } = await runMoney({ purchases: PURCHASES, seed: 7, inFlight: 24, kills: 1, holdSeconds });
  console.log(JSON.stringify(figures));
  expect(problems).toEqual([]);
  expect(figures.taken).toBe(figures.sold);
  expect(figures.orders.PAID).toBeGreaterThan(0); // how many depends on how fast the machine brings the bank back
  expect(Object.keys(figures.struck).length, 'kinds of fault that struck').toBeGreaterThanOrEqual(
    extent({ sample: 3, whole: 8 }),
  );
}, 480_000);
