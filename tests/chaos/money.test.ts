import { expect, test } from 'vitest';
import { runMoney } from '#tests/support/money.ts';

test('60 purchases while the bank does everything wrong at once and is killed: its ledger equals the orders to the cent', async () => {
  const { figures, problems } = await runMoney({ purchases: 60, seed: 7, inFlight: 20, kills: 1, holdSeconds: 12 });
  console.log(JSON.stringify(figures));
  expect(problems).toEqual([]);
  expect(figures.taken).toBe(figures.sold);
  expect(figures.orders.PAID).toBeGreaterThan(0); // how many depends on how fast the machine brings the bank back
  expect(Object.keys(figures.struck).length, 'kinds of fault that struck').toBeGreaterThanOrEqual(8);
}, 480_000);
