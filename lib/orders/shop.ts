import { commit, type InventoryScripts, release } from '#lib/inventory/index.ts';
import { log } from '#lib/log.ts';
import { isLive, type Order, toLiveOrder } from '#lib/orders/order.ts';
import type { OrderStore } from '#lib/orders/store.ts';

/** The two seams that every verb on orders works through: Redis admits, MongoDB decides. */
export interface Shop {
  inventory: InventoryScripts;
  orders: OrderStore;
  /** A fresh random UUID: an order's id exists before anything is reserved, a rebuild's before it has begun. */
  newId(): string;
}

/**
 * A RESERVED order's tokens go back under its hold; when the order has ended meanwhile, Redis follows that at once.
 * @param from the order whose hold may lose them, or ''
 * @returns how many units were put back
 */
export async function restore(shop: Shop, order: Order, from = ''): Promise<number> {
  if (!isLive(order)) return 0;
  const outcome = await shop.inventory.restore(order.saleId, toLiveOrder(order), from);
  if (outcome.status === 'saleNotReady') return 0;
  const now = await shop.orders.find(order.orderId);
  if (now && now.status !== 'RESERVED') await follow(shop, now);
  return outcome.back;
}

/**
 * Make Redis follow what MongoDB has decided: PAID → sold, CANCELLED → back to the stock. Safe to repeat.
 * A sale that is not ready is left alone: its rebuild reads MongoDB.
 */
export async function follow({ inventory }: Shop, order: Order): Promise<void> {
  if (order.status === 'PAID' && isLive(order)) {
    const outcome = await commit(inventory, order.saleId, toLiveOrder(order));
    if (outcome.status === 'soldToAnother') {
      // The fence knows one owner, and it is this order: a Redis that says otherwise is damaged and is rebuilt.
      log().error({ ...outcome, paid: order.orderId }, 'Redis has sold a PAID unit to another order: sale closed');
      await inventory.close(order.saleId);
    }
  }
  if (order.status === 'CANCELLED' && order.saleId)
    await release(inventory, order.saleId, order.orderId, { cartId: order.cartId, unpaid: UNPAID.has(order.reason) });
}

/** Why a hold that its customer has let go counts as unpaid; what the shop itself ended does not. */
const UNPAID = new Set<Order['reason']>(['EXPIRED', 'SHOPPER', 'PAYMENT_FAILED']);
