import { crashPoint } from '#lib/crash.ts';
import type { Order } from '#lib/orders/order.ts';
import { follow, restore, type Shop } from '#lib/orders/shop.ts';

export type Expired =
  | { status: 'expired' | 'paid'; order: Order }
  | { status: 'notDue'; deadlineMs: number }
  | { status: 'unknown' };

/**
 * Cancel an order whose deadline has passed and give its tokens back. The one verb behind four doors: keyspace event,
 * sweep, startup and the shopper's own page. It trusts none of them: expired means that the timer is gone, and that the
 * hold's and the order's deadline are both behind Redis's clock. Tokens go back only after MongoDB has said CANCELLED;
 * a hold without an order leaves a tombstone, so that a late insert cannot happen.
 */
export async function expire(shop: Shop, saleId: string, orderId: string): Promise<Expired> {
  const { inventory, orders } = shop;
  const look = await inventory.readHold(saleId, orderId);
  const held = look.status === 'held' ? look.hold : undefined;
  if (look.status === 'held' && look.timerRuns) return { status: 'notDue', deadlineMs: look.hold.deadlineMs };
  if (held && held.deadlineMs > look.nowMs) return rearm(shop, orderId, held.deadlineMs);
  const order = await orders.cancel(orderId, 'EXPIRED', look.nowMs, {
    overdueAtMs: look.nowMs,
    ...(held ? { tombstone: { saleId, customer: held.customer } } : {}),
  });
  if (!order) {
    await inventory.release({ saleId, orderId, cartId: '', productIds: [] }); // no hold, no order: only the list entry goes
    return { status: 'unknown' };
  }
  crashPoint('after_cancel');
  if (order.status === 'RESERVED') return rearm(shop, orderId, order.deadlineMs); // the order's deadline is later
  await follow(shop, { ...order, saleId }); // a stray payment's tombstone knows no sale
  return { status: order.status === 'PAID' ? 'paid' : 'expired', order };
}

/** The timer is gone before the later of both deadlines: arm it again. */
async function rearm(shop: Shop, orderId: string, deadlineMs: number): Promise<Expired> {
  const order = await shop.orders.find(orderId);
  if (order?.status === 'RESERVED') await restore(shop, order);
  return { status: 'notDue', deadlineMs: Math.max(deadlineMs, order?.deadlineMs ?? 0) };
}
