import type { RefundAnswer } from '#lib/contract.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { orderParams, withReason } from '#lib/http/schemas.ts';
import { log } from '#lib/log.ts';

/** The merchant gives the money of a PAID order back. The order stays PAID and its units sold: to sell one again, mint a new one. */
export const POST = route({ who: 'admin', params: orderParams, body: withReason }, async ({ shop, params, body }) => {
  const order = await shop.orders.find(params.id);
  if (!order) return problem('NOT_FOUND');
  const { orderId, payment: paymentId, total: amount, currency } = order;
  if (order.status !== 'PAID' || !paymentId) return problem('NOT_PAID', { orderId });
  if (!order.captured) return problem('NOT_CAPTURED', { orderId });
  await shop.outbox.owe({ paymentId, orderId, amount, currency }, `admin: ${body.reason}`);
  await shop.outbox
    .pay(paymentId)
    .catch((err: unknown) => log().warn({ err, paymentId }, 'refund waits in the outbox'));
  const moneyBack = (await shop.outbox.ofOrders([orderId])).get(orderId) ?? 'pending';
  return json(200, { orderId, moneyBack } satisfies RefundAnswer);
});
