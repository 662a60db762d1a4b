import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { delivery, orderParams } from '#lib/http/schemas.ts';
import { redisClock, toOrderDelivery } from '#lib/http/views.ts';

/** Where a PAID order of a shipping sale goes. The same again is the same. */
export const PUT = route({ who: 'customer', fresh: true, params: orderParams, body: delivery }, async (call) => {
  const { shop, body } = call;
  const order = await orderOf(call, call.params.id);
  if (!order) return problem('NOT_FOUND');
  if (order.status === 'CANCELLED') return endedProblem(order);
  if (order.status !== 'PAID') return problem('NOT_PAID', { orderId: order.orderId });
  const sale = await shop.catalog.sale(order.saleId);
  if (!sale?.ships) return problem('NOTHING_TO_DELIVER', { orderId: order.orderId });
  const { serverTime } = await redisClock(shop);
  const given = await shop.deliveries.give(order.orderId, body, Date.parse(serverTime));
  switch (given.status) {
    case 'given':
      return json(200, {
        orderId: order.orderId,
        delivery: toOrderDelivery({ ...order, delivery: given.delivery }),
      });
    case 'tooLate':
      return problem('DELIVERY_FIXED', { orderId: order.orderId });
    case 'notPaid':
      return problem('NOT_PAID', { orderId: order.orderId });
    default:
      return given satisfies never;
  }
});
