import { type Product, settingsOf } from '#lib/catalog/index.ts';
import { mint, ownersOfAll, type SaleCounts } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
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
 * @param thorough look at every token, at every PAID order, and at every sold token's order (after a restart or on request),
 *   not only at the sums and at what was paid lately
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
  const productIds = known.products.map(({ _id }) => _id);
  const counts = await shop.inventory.counts(saleId, productIds);
  if (configured.status === 'saleNotReady' || counts.status === 'saleNotReady') {
    found.rebuilt = (await rebuildSale(shop, saleId)) === 'ready';
    return found;
  }
  found.errors.push(...(await mintWhatIsBehind(shop, saleId, known.products, counts)));
  for (const _id of productIds) {
    const inspected = await shop.inventory.inspect(saleId, _id, { close: true, thorough });
    if (inspected.status === 'unsound') found.unsound.push(`${_id}: ${inspected.wrong}`);
  }
  if (found.unsound.length > 0) {
    found.rebuilt = (await rebuildSale(shop, saleId)) === 'ready';
    return found;
  }
  const commitUnsold = async (page: Order[]) => {
    found.committed += (await each(await unsold(shop, page), (order) => follow(shop, order))).length;
  };
  if (!thorough) for await (const page of paidLately(shop, saleId, counts.nowMs)) await commitUnsold(page);
  if (thorough || (await fewerSoldThanPaid(shop, saleId, productIds, counts.nowMs)))
    for await (const page of pages(shop.orders, { saleId, status: 'PAID' })) await commitUnsold(page);
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
  if (thorough) for (const _id of productIds) found.alarms.push(...(await soldWithoutOrder(shop, saleId, _id)));
  return found;
}

type Counted = Extract<SaleCounts, { status: 'counts' }>;

/**
 * Minting takes memory, and is asked for only where something is to be minted: what Redis refuses when its memory is full
 * keeps no order and no hold waiting.
 * @returns why products could not be minted
 */
async function mintWhatIsBehind(
  { inventory }: Reconciler,
  saleId: string,
  products: Product[],
  counts: Counted,
): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const { _id, minted } of products) {
    if (counts.products[_id]!.minted >= minted) continue;
    await mint(inventory, saleId, _id, minted).catch((error: unknown) => void errors.push(error));
  }
  if (errors.length > 0) log().warn({ err: errors[0], saleId }, 'not minted; left to the next reconcile');
  return errors;
}

/** Orders that were paid lately, in batches of LIMITS.orderBatch: somebody may have stopped before their tokens were sold. */
async function* paidLately({ truth, orders }: Reconciler, saleId: string, nowMs: number): AsyncGenerator<Order[]> {
  const lately = await truth.paidLately(saleId, nowMs);
  for (let at = 0; at < lately.length; at += LIMITS.orderBatch) {
    const orderIds = lately.slice(at, at + LIMITS.orderBatch);
    yield await orders.page({ saleId, status: 'PAID', orderIds, after: '' });
  }
}

/**
 * Whether Redis lacks a unit that is PAID. MongoDB is asked first: what is paid meanwhile can only be too many in Redis. So
 * units that are sold right now can hide a lack for once, and never feign one.
 */
async function fewerSoldThanPaid(
  { inventory, truth }: Reconciler,
  saleId: string,
  productIds: string[],
  nowMs: number,
): Promise<boolean> {
  const paid = await truth.paidUnits(saleId, nowMs);
  const counts = await inventory.counts(saleId, productIds);
  return counts.status === 'counts' && productIds.some((id) => counts.products[id]!.sold < (paid[id] ?? 0));
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
