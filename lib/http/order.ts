import { problem } from '#lib/http/problem.ts';
import type { Call } from '#lib/http/route.ts';
import { fresh, type Order } from '#lib/orders/index.ts';

/**
 * The order that a call names, if it may see it: its customer's, or the merchant's. Somebody else's is like a missing one.
 * An overdue one is expired on the way: the shopper's own page is one of the doors to that.
 */
export async function orderOf(
  { shop, customers, isAdmin }: Pick<Call<unknown, unknown, unknown>, 'shop' | 'customers' | 'isAdmin'>,
  orderId: string,
): Promise<Order | undefined> {
  if (customers.length === 0 && !isAdmin) return undefined;
  const order = await shop.orders.find(orderId);
  if (!order || !(isAdmin || customers.includes(order.customer))) return undefined;
  return fresh(shop, order);
}

/** Why an order that is no longer RESERVED cannot do what was asked. */
export function endedProblem(order: Order): Response {
  if (order.status === 'PAID') return problem('ORDER_ALREADY_PAID', { orderId: order.orderId });
  const { orderId, reason } = order;
  return problem(reason === 'EXPIRED' ? 'ORDER_EXPIRED' : 'ORDER_CANCELLED', { orderId, reason });
}
