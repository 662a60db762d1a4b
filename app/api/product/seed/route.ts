import { addStock } from '#lib/catalog/index.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { mintBody } from '#lib/http/schemas.ts';

/** Mint units of a product: MongoDB first, then Redis. */
export const POST = route({ who: 'admin', body: mintBody }, async ({ shop, body, key }) => {
  const outcome = await addStock(shop, body.productId, body.quantity, key);
  switch (outcome.status) {
    case 'minted': {
      const { tokens, first, last } = outcome;
      return json(200, { tokens, first: `${body.productId}-${first}`, last: `${body.productId}-${last}` });
    }
    case 'noProduct':
      return problem('NOT_FOUND');
    case 'keyReused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'stockLimit':
      return problem('STOCK_LIMIT');
    default:
      return outcome satisfies never;
  }
});
