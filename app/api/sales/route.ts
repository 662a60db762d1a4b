import { createSale, salesByTurn } from '#lib/catalog/index.ts';
import type { SalesAnswer } from '#lib/contract.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { listQuery, newSale } from '#lib/http/schemas.ts';
import { redisClock } from '#lib/http/views.ts';

/**
 * Sales with their products and what is left of them: opened ones newest first, coming ones soonest first, then those that are
 * over, newest first. So the first page has what can be bought, however many sales there have been.
 */
export const GET = route({ who: 'anyone', query: listQuery }, async ({ shop, query }) => {
  const { opened, coming, over } = salesByTurn(await shop.catalog.sales(), Date.now());
  const sales = [...opened, ...coming, ...over].slice(query.offset, query.offset + query.limit);
  const looks = await Promise.all(sales.map((sale) => shop.live.look(sale)));
  for (const { answer } of looks) if (answer.state === 'restoring') shop.nudge(answer.saleId);
  const { serverTime } = await redisClock(shop);
  return json(200, { sales: looks.map(({ answer }) => answer), serverTime } satisfies SalesAnswer);
});

export const POST = route({ who: 'admin', body: newSale }, async ({ shop, body }) => {
  const { holdSeconds = shop.env.HOLD_SECONDS, extendSeconds = shop.env.EXTEND_SECONDS } = body;
  const created = await createSale(shop, { ...body, holdSeconds, extendSeconds });
  switch (created.status) {
    case 'created':
      return json(201, { saleId: created.saleId });
    case 'exists':
      return problem('ALREADY_EXISTS', { field: 'saleId' });
    case 'tooMany':
      return problem('STOCK_LIMIT', { detail: 'The shop has as many sales as it may have.' });
    default:
      return created satisfies never;
  }
});
