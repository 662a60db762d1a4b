import type { ExtendReason } from '#lib/inventory/index.ts';
import { fresh } from '#lib/orders/cancel.ts';
import type { Order } from '#lib/orders/order.ts';
import type { Shop } from '#lib/orders/shop.ts';

export type ExtendOutcome =
  | { status: 'extended' | 'alreadyExtended'; deadlineMs: number; nowMs: number }
  | { status: 'saleNotReady' }
  | { status: 'ended'; order: Order };

/**
 * Move the deadline of a running hold, once for each reason: Redis first, then MongoDB, then the answer. A repeat carries
 * an interrupted one to its end.
 */
export async function extend(shop: Shop, order: Order, reason: ExtendReason): Promise<ExtendOutcome> {
  if (order.status !== 'RESERVED') return { status: 'ended', order };
  const outcome = await shop.inventory.extend(order.saleId, order.orderId, reason);
  switch (outcome.status) {
    case 'saleNotReady':
      return { status: 'saleNotReady' };
    case 'expired':
    case 'absent': {
      const ended = await fresh(shop, order);
      return ended.status === 'RESERVED' ? { status: 'saleNotReady' } : { status: 'ended', order: ended };
    }
    case 'extended':
    case 'alreadyExtended': {
      const now = await shop.orders.extend(order.orderId, outcome.deadlineMs, reason);
      if (now && now.status !== 'RESERVED') return { status: 'ended', order: now };
      return outcome;
    }
    default:
      return outcome satisfies never;
  }
}
