import type { StartPaymentAnswer } from '#lib/contract.ts';
import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route, shopUrl } from '#lib/http/route.ts';
import { orderBody } from '#lib/http/schemas.ts';
import { clock } from '#lib/http/views.ts';
import { ProviderUnavailableError, start } from '#lib/payments/index.ts';

/** The shopper starts to pay: where to, and a little more time for it. Repeating it goes on with the same payment. */
export const POST = route({ who: 'customer', rate: 'payment', fresh: true, body: orderBody }, async (call) => {
  const { shop, request } = call;
  const order = await orderOf({ ...call, isAdmin: false }, call.body.orderId); // paying is the shopper's own act
  if (!order) return problem('NOT_FOUND');
  const askedAt = performance.now();
  const started = await start(shop, order, `${shopUrl(request, shop.env.NEXTAUTH_URL)}/orders/${order.orderId}`).catch(
    (error: unknown) => {
      if (error instanceof ProviderUnavailableError) return { status: 'providerAway' } as const;
      throw error;
    },
  );
  switch (started.status) {
    case 'started': {
      const { serverTime, until } = clock(started.nowMs, askedAt);
      return json(200, {
        orderId: order.orderId,
        paymentId: started.payment.paymentId,
        pay: started.pay,
        expiresIn: until(started.deadlineMs),
        expiresAt: new Date(started.deadlineMs).toISOString(),
        serverTime,
      } satisfies StartPaymentAnswer);
    }
    case 'ended':
      return endedProblem(started.order);
    case 'saleNotReady':
      shop.nudge(order.saleId);
      return problem('SALE_NOT_READY');
    case 'impossible':
      return problem('PAYMENT_IMPOSSIBLE', { orderId: order.orderId });
    case 'providerAway':
      return problem('PAYMENT_UNAVAILABLE', { orderId: order.orderId, detail: 'Your units stay held. Try again.' });
    default:
      return started satisfies never;
  }
});
