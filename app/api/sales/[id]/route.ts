import { changeSale, toOneSaleAnswer } from '#lib/catalog/index.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { saleChanges, saleParams } from '#lib/http/schemas.ts';

export const GET = route({ who: 'anyone', params: saleParams }, async ({ shop, params }) => {
  const sale = await shop.catalog.sale(params.id);
  if (!sale) return problem('NOT_FOUND');
  const look = await shop.live.look(sale);
  if (look.answer.state === 'restoring') shop.nudge(sale._id);
  return json(200, toOneSaleAnswer(look));
});

export const PATCH = route({ who: 'admin', params: saleParams, body: saleChanges }, async ({ shop, params, body }) => {
  const before = await shop.catalog.sale(params.id);
  if (!before) return problem('NOT_FOUND');
  const { opensAt = before.opensAt, closesAt = before.closesAt } = body;
  if (opensAt && closesAt && opensAt >= closesAt)
    return problem('INVALID_REQUEST', { field: 'closesAt', detail: 'must be after opensAt' });
  const sale = await changeSale(shop, params.id, body);
  return sale ? json(200, toOneSaleAnswer(await shop.live.look(sale))) : problem('NOT_FOUND');
});
