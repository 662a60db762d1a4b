import { changed } from '#lib/http/cart.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { cartParams, changeCart } from '#lib/http/schemas.ts';
import { toCartAnswer } from '#lib/http/views.ts';

export const GET = route({ who: 'customer', params: cartParams }, async ({ shop, customers, params }) => {
  const cart = await shop.carts.find(params.cartId, customers);
  return cart ? json(200, await toCartAnswer(shop, cart)) : problem('NOT_FOUND');
});

/** Set a line's quantity; 0 removes it. */
export const PATCH = route(
  { who: 'customer', params: cartParams, body: changeCart },
  async ({ shop, customers, params, body }) => {
    if (!(await shop.carts.find(params.cartId, customers))) return problem('NOT_FOUND');
    const [product] = await shop.catalog.products([body.productId]);
    if (!product && body.quantity > 0) return problem('NOT_FOUND', { field: 'productId' });
    return changed(shop, await shop.carts.set(params.cartId, customers, body.productId, body.quantity));
  },
);
