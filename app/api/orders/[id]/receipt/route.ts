import { orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { toReceiptAnswer } from '#lib/http/receipt.ts';
import { json, route } from '#lib/http/route.ts';
import { orderParams, receiptQuery } from '#lib/http/schemas.ts';

/** A PAID order's receipt: for its customer, the merchant, and whoever has the secret (as `?secret=`, or in a header, which no access log keeps). */
export const GET = route({ who: 'customer', params: orderParams, query: receiptQuery }, async (call) => {
  const { shop, params, query, request } = call;
  const secret = request.headers.get('receipt-secret') ?? query.secret ?? '';
  const order = shop.receipts.opens(params.id, secret)
    ? await shop.orders.find(params.id)
    : await orderOf(call, params.id);
  if (order?.status !== 'PAID') return problem('NOT_FOUND');
  return json(200, await toReceiptAnswer(shop, order), { 'referrer-policy': 'no-referrer' });
});
