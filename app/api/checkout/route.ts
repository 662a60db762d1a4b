import { toCheckoutRequest, toCheckoutResponse } from '#lib/http/checkout.ts';
import { route } from '#lib/http/route.ts';
import { checkoutBody } from '#lib/http/schemas.ts';
import { checkout } from '#lib/orders/index.ts';

export const POST = route({ who: 'guest', body: checkoutBody }, async ({ shop, customer, key, body }) => {
  const request = await toCheckoutRequest(shop, { customer, key, body });
  if (request instanceof Response) return request;
  const askedAt = performance.now();
  return toCheckoutResponse(shop, request.saleId, await checkout(shop, request), askedAt);
});
