import { changed } from '#lib/http/cart.ts';
import { problem } from '#lib/http/problem.ts';
import { route } from '#lib/http/route.ts';
import { addToCart } from '#lib/http/schemas.ts';

export const POST = route({ who: 'customer', body: addToCart }, async ({ shop, customers, body }) => {
  const { cartId, productId, quantity } = body;
  if (!(await shop.carts.find(cartId, customers))) return problem('NOT_FOUND');
  const [product] = await shop.catalog.products([productId]);
  if (!product) return problem('NOT_FOUND', { field: 'productId' });
  return changed(shop, await shop.carts.add(cartId, customers, productId, quantity));
});
