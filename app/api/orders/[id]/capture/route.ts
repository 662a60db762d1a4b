import type { CaptureAnswer } from '#lib/contract.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { noBody, orderParams } from '#lib/http/schemas.ts';
import { capture, closeAlarms } from '#lib/payments/index.ts';

/** Try again, now, to take the money of a PAID order. */
export const POST = route({ who: 'admin', params: orderParams, body: noBody }, async ({ shop, params }) => {
  const order = await shop.orders.find(params.id);
  if (!order) return problem('NOT_FOUND');
  if (order.status !== 'PAID' || !order.payment) return problem('NOT_PAID', { orderId: order.orderId });
  if (!order.captured && (await capture(shop, order, order.payment))) return problem('PAYMENT_UNAVAILABLE');
  const { captured } = (await shop.orders.find(order.orderId)) ?? order;
  if (captured) await closeAlarms(shop, order.orderId, 'captured after all');
  return json(200, { orderId: order.orderId, captured } satisfies CaptureAnswer);
});
