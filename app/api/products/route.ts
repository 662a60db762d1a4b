import type { ProductsAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { listQuery } from '#lib/http/schemas.ts';
import { redisClock } from '#lib/http/views.ts';

/** Products of all sales, those of the newest sale first, with what is left of them. */
export const GET = route({ who: 'anyone', query: listQuery }, async ({ shop, query }) => {
  const sales = query.saleId ? [await shop.catalog.sale(query.saleId)] : await shop.catalog.sales();
  const looks = await Promise.all(sales.map((sale) => (sale ? shop.live.look(sale) : undefined)));
  const products = looks.flatMap((look) => look?.answer.products ?? []).slice(query.offset, query.offset + query.limit);
  const { serverTime } = await redisClock(shop);
  return json(200, { products, serverTime } satisfies ProductsAnswer);
});
