import type { Sale } from '#lib/catalog/index.ts';
import type { ProductsAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { listQuery } from '#lib/http/schemas.ts';
import { redisClock } from '#lib/http/views.ts';

/** Products of all sales, those of the newest sale first, with what is left of them. */
export const GET = route({ who: 'anyone', query: listQuery }, async ({ shop, query }) => {
  const { saleId, offset, limit } = query;
  const wanted = saleId ? [await shop.catalog.sale(saleId)] : await shop.catalog.sales();
  const sales = wanted.filter((sale) => sale !== undefined);
  const end = offset + limit;
  const shown: { sale: Sale; from: number; to: number }[] = []; // only these are looked at
  let before = 0;
  for (const sale of sales) {
    if (before >= end) break;
    const count = (await shop.catalog.productsOf(sale._id)).length;
    if (before + count > offset)
      shown.push({ sale, from: Math.max(0, offset - before), to: Math.min(count, end - before) });
    before += count;
  }
  const looks = await Promise.all(shown.map(({ sale }) => shop.live.look(sale)));
  const products = looks.flatMap(({ answer }, i) => answer.products.slice(shown[i]!.from, shown[i]!.to));
  const { serverTime } = await redisClock(shop);
  return json(200, { products, serverTime } satisfies ProductsAnswer);
});
