import { toCheckoutRequest, toCheckoutResponse } from '#lib/http/checkout.ts';
import { route } from '#lib/http/route.ts';
import { checkoutBody } from '#lib/http/schemas.ts';
import { checkout } from '#lib/orders/index.ts';

export const POST = route({ who: 'guest', rate: 'checkout', trustGuest: true, body: checkoutBody }, async (call) => {
  const { shop } = call;
  const request = await toCheckoutRequest(shop, call);
  if (request instanceof Response) return request;
  const askedAt = performance.now();
  return toCheckoutResponse(shop, request.saleId, await checkout(shop, request), askedAt);
});
