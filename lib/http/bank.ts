import type { OrderStatusAnswer } from '#lib/contract.ts';
import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { type Call, json } from '#lib/http/route.ts';
import { type BankChoice, receive } from '#lib/payments/index.ts';

/**
 * The sandbox's bank page: the shopper's choice becomes a signed event that takes the same way as a webhook. Repeating a
 * choice is the same payment.
 */
export async function bankPage(
  call: Call<unknown, unknown, { orderId: string }>,
  choice: BankChoice,
): Promise<Response> {
  const { shop, body } = call;
  const order = await orderOf({ ...call, isAdmin: false }, body.orderId); // paying is the shopper's own act
  if (!order) return problem('NOT_FOUND');
  const { rawBody, headers } = await shop.provider.decide(order, choice);
  const verified = shop.provider.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(`the bank's own event is ${verified.status}`);
  await receive(shop, verified.event);
  const after = await shop.orders.find(order.orderId);
  if (
    after?.status !== (choice === 'authorized' ? 'PAID' : 'CANCELLED') ||
    (choice === 'failed' && after.reason !== 'PAYMENT_FAILED')
  ) {
    return endedProblem(after ?? order);
  }
  return json(200, { orderId: after.orderId, status: after.status } satisfies OrderStatusAnswer);
}
