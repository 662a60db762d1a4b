import { expect, test } from 'vitest';
import { aboutCurrentSales } from '#lib/catalog/index.ts';
import { freshSale, world } from '#tests/support/world.ts';

const MINUTE_MS = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE_MS);

test('the home page’s shell has its sales in the order in which they will stand: opened ones, then the soonest', async () => {
  const shop = await world();
  const older = await freshSale(shop, { opensAt: inMinutes(-5) });
  const late = await freshSale(shop, { opensAt: inMinutes(90) });
  const soon = await freshSale(shop, { opensAt: inMinutes(30) });
  const newer = await freshSale(shop);
  await freshSale(shop, { closesAt: inMinutes(-1) });
  await freshSale(shop, { units: [] });

  const { opened, coming } = await aboutCurrentSales(shop.catalog, 3);
  expect(opened.map(({ saleId }) => saleId)).toEqual([newer.saleId, older.saleId]);
  expect(coming.map(({ saleId }) => saleId)).toEqual([soon.saleId, late.saleId]);

  const fewest = await aboutCurrentSales(shop.catalog, 1);
  expect([fewest.opened, fewest.coming].map((sales) => sales.map(({ saleId }) => saleId))).toEqual([
    [newer.saleId],
    [soon.saleId],
  ]);
});
