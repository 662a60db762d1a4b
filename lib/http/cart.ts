import type { CartChange } from '#lib/carts/index.ts';
import { problem } from '#lib/http/problem.ts';
import { json } from '#lib/http/route.ts';
import { toCartAnswer } from '#lib/http/views.ts';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** What a change of a cart answers. */
export async function changed(shop: HoldfastProcess, change: CartChange): Promise<Response> {
  switch (change.status) {
    case 'changed':
      return json(200, await toCartAnswer(shop, change.cart));
    case 'notFound':
      return problem('NOT_FOUND');
    case 'closed':
      return problem('CART_CLOSED');
    case 'tooMany':
      return problem('INVALID_REQUEST', {
        field: 'quantity',
        detail: `at most ${LIMITS.quantityPerLine} of one product`,
      });
    case 'tooManyLines':
      return problem('INVALID_REQUEST', { field: 'productId', detail: `at most ${LIMITS.linesPerCheckout} products` });
    default:
      return change satisfies never;
  }
}
