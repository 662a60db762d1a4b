import { orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { orderParams } from '#lib/http/schemas.ts';
import { redisClock, toOrderAnswer } from '#lib/http/views.ts';

export const GET = route({ who: 'customer', params: orderParams }, async (call) => {
  const order = await orderOf(call, call.params.id);
  if (!order) return problem('NOT_FOUND');
  const [at, sale] = await Promise.all([redisClock(call.shop), call.shop.catalog.sale(order.saleId)]);
  return json(200, toOrderAnswer(order, at, sale));
});
