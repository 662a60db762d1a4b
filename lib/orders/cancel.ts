import type { CancelReason } from '#lib/contract.ts';
import { crashPoint } from '#lib/crash.ts';
import { expire } from '#lib/orders/expire.ts';
import type { Order } from '#lib/orders/order.ts';
import { follow, type Shop } from '#lib/orders/shop.ts';

/**
 * Cancel a RESERVED order before its deadline, then give its tokens back. Safe to repeat.
 * @returns the order as MongoDB has it afterwards: CANCELLED (by this or for an earlier reason) or PAID
 */
export async function cancel(shop: Shop, order: Order, reason: CancelReason): Promise<Order> {
  const current = await fresh(shop, order);
  if (current.status === 'PAID') return current;
  const look = await shop.inventory.readHold(order.saleId, order.orderId);
  const cancelled = (await shop.orders.cancel(order.orderId, reason, look.nowMs)) ?? current;
  crashPoint('after_cancel');
  await follow(shop, cancelled);
  return cancelled;
}

/** The order after its deadline has been looked at: a RESERVED one that is overdue is expired first. */
export async function fresh(shop: Shop, order: Order): Promise<Order> {
  if (order.status !== 'RESERVED') return order;
  const outcome = await expire(shop, order.saleId, order.orderId);
  switch (outcome.status) {
    case 'expired':
    case 'paid':
      return outcome.order;
    case 'notDue':
      return { ...order, deadlineMs: Math.max(order.deadlineMs, outcome.deadlineMs) };
    case 'unknown':
      return order;
    default:
      return outcome satisfies never;
  }
}
