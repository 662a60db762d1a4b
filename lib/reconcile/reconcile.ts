import { settingsOf } from '#lib/catalog/index.ts';
import { mint, ownersOfAll } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { expire, follow, isLive, type Order, pages, restore, sweep } from '#lib/orders/index.ts';
import { type Reconciler, rebuildSale } from '#lib/reconcile/rebuild-sale.ts';

/** What a reconcile of one sale found and did; all zero when Redis and MongoDB agreed. */
export interface Reconciled {
  saleId: string;
  rebuilt: boolean;
  /** Why the sale was rebuilt although Redis had it. */
  unsound: string[];
  committed: number;
  restored: number;
  expired: number;
  released: number;
  /** Sold tokens without a PAID order: for a human, never repaired silently. */
  alarms: string[];
}

/**
 * Repair one sale in Redis from MongoDB. Every step is an idempotent verb, so any number may run side by side.
 * @param thorough look at every token, and at every sold one's order (after a restart or on request), not only at the sums
 */
export async function reconcile(
  shop: Reconciler,
  saleId: string,
  { thorough }: { thorough: boolean },
): Promise<Reconciled> {
  const found: Reconciled = {
    saleId,
    rebuilt: false,
    unsound: [],
    committed: 0,
    restored: 0,
    expired: 0,
    released: 0,
    alarms: [],
  };
  const known = await shop.truth.sale(saleId, false);
  if (!known) return found;
  const configured = await shop.inventory.configure(saleId, settingsOf(known.sale, known.products));
  if (configured.status === 'saleNotReady') {
    found.rebuilt = (await rebuildSale(shop, saleId)) === 'ready';
    return found;
  }
  for (const { _id, minted } of known.products) {
    await mint(shop.inventory, saleId, _id, minted);
    const inspected = await shop.inventory.inspect(saleId, _id, { close: true, thorough });
    if (inspected.status === 'unsound') found.unsound.push(`${_id}: ${inspected.wrong}`);
  }
  if (found.unsound.length > 0) {
    found.rebuilt = (await rebuildSale(shop, saleId)) === 'ready';
    return found;
  }
  for await (const page of pages(shop.orders, { saleId, status: 'PAID' }))
    found.committed += await commitUnsold(shop, page);
  for await (const page of pages(shop.orders, { saleId, status: 'RESERVED' })) {
    for (let at = 0; at < page.length; at += LIMITS.expireConcurrency) {
      const done = await Promise.all(page.slice(at, at + LIMITS.expireConcurrency).map((order) => keep(shop, order)));
      found.restored += done.filter((what) => what === 'restored').length;
      found.expired += done.filter((what) => what === 'expired').length;
    }
  }
  found.released = await releaseEnded(shop, saleId);
  found.expired += (await sweep(shop, saleId)).seen;
  if (thorough) for (const { _id } of known.products) found.alarms.push(...(await soldWithoutOrder(shop, saleId, _id)));
  return found;
}

/** PAID orders whose tokens Redis has not all sold to them are committed again. */
async function commitUnsold(shop: Reconciler, orders: Order[]): Promise<number> {
  const unsold = new Set<string>();
  const byProduct = new Map<string, { token: string; orderId: string }[]>();
  for (const { orderId, items } of orders) {
    for (const { productId, tokens } of items) {
      const list = byProduct.get(productId) ?? [];
      list.push(...tokens.map((token) => ({ token, orderId })));
      byProduct.set(productId, list);
    }
  }
  for (const [productId, units] of byProduct) {
    const owners = await shop.inventory.ownersOf(
      orders[0]!.saleId,
      productId,
      'sold',
      units.map(({ token }) => token),
    );
    units.forEach(({ orderId }, i) => {
      if (owners[i] !== orderId) unsold.add(orderId);
    });
  }
  for (const order of orders) if (unsold.has(order.orderId)) await follow(shop, order);
  return unsold.size;
}

/** A RESERVED order in time has its hold; one past its deadline is expired. */
async function keep(shop: Reconciler, order: Order): Promise<'kept' | 'restored' | 'expired'> {
  const { saleId, orderId } = order;
  const look = await shop.inventory.readHold(saleId, orderId);
  if (look.status === 'saleNotReady' || !isLive(order)) return 'kept';
  const units = look.status === 'held' ? Object.values(look.hold.tokens).flat().length : 0;
  const wanted = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  if (look.status === 'held' && look.timerRuns && units === wanted) return 'kept';
  if (order.deadlineMs > look.nowMs) {
    return (await restore(shop, order)) > 0 ? 'restored' : 'kept';
  }
  return (await expire(shop, saleId, orderId)).status === 'expired' ? 'expired' : 'kept';
}

/** Holds whose order MongoDB has ended: PAID ones are committed, CANCELLED ones released. */
async function releaseEnded(shop: Reconciler, saleId: string): Promise<number> {
  let ended = 0;
  const holds = await shop.inventory.holdsCount(saleId);
  for (let offset = 0; offset < holds; offset += LIMITS.orderBatch) {
    const orderIds = (await shop.inventory.holdsPage(saleId, offset, LIMITS.orderBatch)).map(({ orderId }) => orderId);
    for (const status of ['CANCELLED', 'PAID'] as const) {
      for (const order of await shop.orders.page({ saleId, status, orderIds, after: '' })) {
        await follow(shop, order);
        ended += 1;
      }
    }
  }
  return ended;
}

async function soldWithoutOrder(shop: Reconciler, saleId: string, productId: string): Promise<string[]> {
  const alarms: string[] = [];
  for await (const owners of ownersOfAll(shop.inventory, saleId, productId, 'sold')) {
    const paid = new Map<string, Set<string>>();
    for (let at = 0; at < owners.length; at += LIMITS.orderBatch) {
      const orderIds = [...new Set(owners.slice(at, at + LIMITS.orderBatch).map(([, orderId]) => orderId))];
      for (const order of await shop.orders.page({ saleId, status: 'PAID', orderIds, after: '' })) {
        paid.set(order.orderId, new Set(order.items.flatMap(({ tokens }) => tokens)));
      }
    }
    for (const [token, orderId] of owners)
      if (!paid.get(orderId)?.has(token))
        alarms.push(`${token} is sold to ${orderId}, which is not a PAID order of it`);
  }
  return alarms;
}
