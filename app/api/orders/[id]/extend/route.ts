import type { ExtendAnswer } from '#lib/contract.ts';
import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { noBody, orderParams } from '#lib/http/schemas.ts';
import { clock } from '#lib/http/views.ts';
import { extend } from '#lib/orders/index.ts';

/** The one courtesy extension. */
export const POST = route({ who: 'customer', fresh: true, params: orderParams, body: noBody }, async (call) => {
  const order = await orderOf(call, call.params.id);
  if (!order) return problem('NOT_FOUND');
  const askedAt = performance.now();
  const outcome = await extend(call.shop, order, 'asked');
  switch (outcome.status) {
    case 'extended': {
      const { serverTime, until } = clock(outcome.nowMs, askedAt);
      return json(200, {
        expiresAt: new Date(outcome.deadlineMs).toISOString(),
        expiresIn: until(outcome.deadlineMs),
        serverTime,
      } satisfies ExtendAnswer);
    }
    case 'alreadyExtended':
      return problem('ALREADY_EXTENDED', { orderId: order.orderId });
    case 'ended':
      return endedProblem(outcome.order);
    case 'saleNotReady':
      call.shop.nudge(order.saleId);
      return problem('SALE_NOT_READY');
    default:
      return outcome satisfies never;
  }
});
