import { orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { orderParams } from '#lib/http/schemas.ts';
import { redisClock, toOrderAnswer } from '#lib/http/views.ts';

export const GET = route({ who: 'customer', params: orderParams }, async (call) => {
  const order = await orderOf(call, call.params.id);
  if (!order) return problem('NOT_FOUND');
  const { shop } = call;
  const [at, sale, stories] = await Promise.all([
    redisClock(shop),
    shop.catalog.sale(order.saleId),
    shop.stories.of([order]),
  ]);
  return json(200, toOrderAnswer(order, at, sale, stories.get(order.orderId)));
});
