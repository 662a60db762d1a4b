import type { OrderStatusAnswer } from '#lib/contract.ts';
import { endedProblem, orderOf } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { type Call, json } from '#lib/http/route.ts';
import { UnsettledError } from '#lib/inventory/index.ts';
import { log } from '#lib/log.ts';
import { type BankChoice, receive } from '#lib/payments/index.ts';

/**
 * The sandbox's two buttons: the shopper's choice becomes a signed event that takes the same way as a webhook. Repeating a
 * choice is the same payment. What the shopper is told is what MongoDB has decided: a bank that cannot be asked to capture
 * or to give back is asked again by a worker, and takes nothing from the answer.
 */
export async function bankPage(
  call: Call<unknown, unknown, { orderId: string }>,
  choice: BankChoice,
): Promise<Response> {
  const { shop, body } = call;
  const { sandbox } = shop;
  if (!sandbox) return problem('NOT_FOUND'); // another provider's bank has a page of its own
  const order = await orderOf({ ...call, isAdmin: false }, body.orderId); // paying is the shopper's own act
  if (!order) return problem('NOT_FOUND');
  const lost = order.status === 'RESERVED' ? await shop.outbox.ofHold(order.orderId) : [];
  const { rawBody, headers } = await sandbox.decide(order, choice, lost);
  const verified = sandbox.verify(rawBody, headers);
  if (verified.status !== 'verified') throw new Error(`the bank's own event is ${verified.status}`);
  const { eventId } = verified.event;
  const error = await receive(shop, verified.event).then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  );
  const after = (await shop.orders.find(order.orderId)) ?? order;
  if (after.status === 'RESERVED') throw error?.cause ?? new UnsettledError(`paying order ${order.orderId}`);
  if (error) {
    log().warn({ err: error.cause, eventId }, 'decided, but not at its end: a worker goes on');
  }
  const wanted = choice === 'authorized' ? after.status === 'PAID' : after.reason === 'PAYMENT_FAILED';
  if (!wanted) return endedProblem(after);
  return json(200, { orderId: after.orderId, status: after.status } satisfies OrderStatusAnswer);
}
