import { settingsOf } from '#lib/catalog/index.ts';
import { mint, ownersOfAll } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { expire, follow, forEachOrder, isLive, type Order, pages, restore, sweep } from '#lib/orders/index.ts';
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
  /** Why orders could not be repaired; each is logged, and left to the next reconcile. */
  errors: unknown[];
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
    errors: [],
  };
  const each = async <R>(orders: Order[], work: (order: Order) => Promise<R>): Promise<R[]> => {
    const { done, errors } = await forEachOrder(orders, work);
    found.errors.push(...errors.values());
    return done;
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
    found.committed += (await each(await unsold(shop, page), (order) => follow(shop, order))).length;
  for await (const page of pages(shop.orders, { saleId, status: 'RESERVED' })) {
    const done = await each(page, (order) => keep(shop, order));
    found.restored += done.filter((what) => what === 'restored').length;
    found.expired += done.filter((what) => what === 'expired').length;
  }
  for await (const page of endedHolds(shop, saleId))
    found.released += (await each(page, (order) => follow(shop, order))).length;
  const swept = await sweep(shop, saleId);
  found.expired += swept.seen;
  found.errors.push(...swept.errors);
  if (thorough) for (const { _id } of known.products) found.alarms.push(...(await soldWithoutOrder(shop, saleId, _id)));
  return found;
}

/** Those of some PAID orders of a sale whose tokens Redis has not all sold to them: they are committed again. */
async function unsold(shop: Reconciler, orders: Order[]): Promise<Order[]> {
  const missing = new Set<string>();
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
      if (owners[i] !== orderId) missing.add(orderId);
    });
  }
  return orders.filter(({ orderId }) => missing.has(orderId));
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

/**
 * Holds whose order MongoDB has ended: PAID ones are committed, CANCELLED ones released. They are paged from the end of the
 * list: what leaves it meanwhile moves only those that have been seen, or are still to be.
 */
async function* endedHolds(shop: Reconciler, saleId: string): AsyncGenerator<Order[]> {
  const pagesOfHolds = Math.ceil((await shop.inventory.holdsCount(saleId)) / LIMITS.orderBatch);
  for (let page = pagesOfHolds - 1; page >= 0; page--) {
    const holds = await shop.inventory.holdsPage(saleId, page * LIMITS.orderBatch, LIMITS.orderBatch);
    const orderIds = holds.map(({ orderId }) => orderId);
    for (const status of ['CANCELLED', 'PAID'] as const)
      yield await shop.orders.page({ saleId, status, orderIds, after: '' });
  }
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
