import type { OrderStatusAnswer } from '#lib/contract.ts';
import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { noBody, orderParams } from '#lib/http/schemas.ts';
import { cancel } from '#lib/orders/index.ts';

/** Let the units go. The same answer when repeated. */
export const POST = route({ who: 'customer', fresh: true, params: orderParams, body: noBody }, async (call) => {
  const order = await orderOf(call, call.params.id);
  if (!order) return problem('NOT_FOUND');
  const ended = await cancel(call.shop, order, call.customers.includes(order.customer) ? 'SHOPPER' : 'ADMIN');
  if (ended.status === 'PAID') return endedProblem(ended);
  return json(200, { orderId: ended.orderId, status: ended.status, reason: ended.reason } satisfies OrderStatusAnswer);
});
