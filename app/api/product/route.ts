import { createProduct } from '#lib/catalog/index.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { newProduct } from '#lib/http/schemas.ts';

export const POST = route({ who: 'admin', body: newProduct }, async ({ shop, body }) => {
  const outcome = await createProduct(shop, body);
  switch (outcome.status) {
    case 'created':
      return json(201, { productId: outcome.productId });
    case 'exists':
      return problem('ALREADY_EXISTS', { field: 'productId' });
    case 'noSale':
      return problem('INVALID_REQUEST', { field: 'saleId', detail: 'there is no such sale' });
    case 'tooMany':
      return problem('STOCK_LIMIT', { detail: 'The sale or the shop has as many products as it may have.' });
    default:
      return outcome satisfies never;
  }
});
