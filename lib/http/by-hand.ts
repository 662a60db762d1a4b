import type { ErrorCode, HandAnswer } from '#lib/contract.ts';
import { problem } from '#lib/http/problem.ts';
import { type Call, json } from '#lib/http/route.ts';
import type { Order } from '#lib/orders/index.ts';
import type { Decided, Hand } from '#lib/payments/index.ts';

const REFUSED = {
  notPaid: 'NOT_PAID',
  notCaptured: 'NOT_CAPTURED',
  captured: 'ORDER_ALREADY_PAID',
} as const satisfies Record<Exclude<Decided['status'], 'done'>, ErrorCode>;

/** Carry out what the merchant decides about an order's money, with the reason for it. The same answer when repeated. */
export async function byHand(
  { shop, params, body }: Call<{ id: string }, unknown, { reason: string }>,
  decide: (hand: Hand, order: Order, note: string) => Promise<Decided>,
): Promise<Response> {
  const order = await shop.orders.find(params.id);
  if (!order) return problem('NOT_FOUND');
  const { orderId } = order;
  const decided = await decide(shop, order, body.reason);
  if (decided.status !== 'done') return problem(REFUSED[decided.status], { orderId });
  const story = (await shop.stories.of([order])).get(orderId);
  return json(200, { orderId, moneyBack: story?.moneyBack ?? null } satisfies HandAnswer);
}
