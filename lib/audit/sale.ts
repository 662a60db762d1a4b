import type { Violation } from '#lib/audit/violation.ts';
import type { Product, Sale } from '#lib/catalog/index.ts';
import { ownersOfAll } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { type Order, pages } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/** One product's line of the audit's table: units by place in Redis, and PAID units in MongoDB. */
export interface ProductRow {
  saleId: string;
  productId: string;
  name: string;
  minted: number;
  free: number;
  held: number;
  sold: number;
  paid: number;
}

/** A sale's live orders as MongoDB has them, by what the invariants ask of them. */
interface Live {
  /** token → order and status, of every live order */
  tokens: Map<string, { orderId: string; status: Order['status'] }>;
  /** productId → customer → units */
  owned: Map<string, Map<string, number>>;
}

/** Check one sale: I1–I6, I10, I15. */
export async function auditSale(
  shop: HoldfastProcess,
  saleId: string,
): Promise<{ rows: ProductRow[]; violations: Violation[]; conflicts: number }> {
  const known = await shop.truth.sale(saleId, false);
  const violations: Violation[] = [];
  const say = (invariant: Violation['invariant'], what: string, atOnce = false) =>
    violations.push({ invariant, what, atOnce });
  if (!known) return { rows: [], violations, conflicts: 0 };
  const { sale, products } = known;
  const rows: ProductRow[] = [];
  const live = await liveOrders(shop, saleId, products, say);
  for (const product of products) {
    const row = await inspectProduct(shop, saleId, product, live, say);
    if (row) rows.push(row);
    await compareOwners(shop, saleId, product, live, say);
    for (const [customer, units] of live.owned.get(product._id) ?? []) {
      const limit = product.limitPerCustomer ?? Number.POSITIVE_INFINITY;
      if (units > limit) say('I10', `${customer} owns ${units} of ${product._id}, limit ${limit}`);
    }
  }
  await compareHolds(shop, saleId, say);
  const conflicts = { sale: saleId, reason: 'CONFLICT' as const };
  const unexplained = await shop.models.orders.countDocuments({
    ...conflicts,
    cancelledAt: { $gt: await lossOver(shop, sale) },
  });
  if (unexplained > 0) say('I15', `${unexplained} token conflicts in ${saleId}, and Redis had lost no data`);
  return { rows, violations, conflicts: await shop.models.orders.countDocuments(conflicts) };
}

/** What was under way when Redis's loss was mended has ended by then, besides a hold's own length. */
const AFTERMATH_MS = 10_000;

/** Until when token conflicts of a sale are explained by what Redis lost: its last restart, or the sale's last rebuild. */
async function lossOver({ models, env }: HoldfastProcess, sale: Sale): Promise<Date> {
  const [last, earlier] = await models.auditLog.find({ kind: 'redisRestarted' }).sort({ at: -1 }).limit(2).lean();
  const restartedMs = earlier ? last!.at.getTime() : 0; // the first Redis on record lost nothing
  const rebuiltMs = sale.epoch > 1 ? (sale.rebuiltAt ?? new Date()).getTime() : 0; // the first rebuild made the sale
  const noticedMs = Math.max(restartedMs, rebuiltMs);
  return new Date(noticedMs + (sale.holdSeconds + 2 * sale.extendSeconds + env.SWEEP_SECONDS) * 1_000 + AFTERMATH_MS);
}

type Say = (invariant: Violation['invariant'], what: string, atOnce?: boolean) => void;

async function liveOrders(shop: HoldfastProcess, saleId: string, products: Product[], say: Say): Promise<Live> {
  const minted = new Map(products.map((product) => [product._id, product.minted]));
  const live: Live = { tokens: new Map(), owned: new Map() };
  for (const status of ['RESERVED', 'PAID'] as const) {
    for await (const page of pages(shop.orders, { saleId, status })) {
      for (const order of page) addOrder(order, minted, live, say);
    }
  }
  return live;
}

function addOrder(
  { orderId, status, customer, items }: Order,
  minted: Map<string, number>,
  live: Live,
  say: Say,
): void {
  if (items.length === 0) say('I2', `${orderId} is ${status} without units`);
  for (const { productId, quantity, tokens } of items) {
    if (new Set(tokens).size !== quantity)
      say('I2', `${orderId} has ${tokens.length} units of ${productId}, not ${quantity}`);
    for (const token of tokens) {
      const n = Number(token.slice(productId.length + 1));
      if (!token.startsWith(`${productId}-`) || !Number.isInteger(n) || n < 1 || n > (minted.get(productId) ?? 0)) {
        say('I2', `${token} of ${orderId} was never minted`);
      }
      const other = live.tokens.get(token);
      if (other && other.orderId !== orderId)
        say('I2', `${token} is in the live orders ${[other.orderId, orderId].sort().join(' and ')}`);
      live.tokens.set(token, { orderId, status });
    }
    const owned = live.owned.get(productId) ?? new Map<string, number>();
    owned.set(customer, (owned.get(customer) ?? 0) + quantity);
    live.owned.set(productId, owned);
  }
}

async function inspectProduct(
  shop: HoldfastProcess,
  saleId: string,
  product: Product,
  live: Live,
  say: Say,
): Promise<ProductRow | undefined> {
  const { _id: productId, name, minted } = product;
  const inspected = await shop.inventory.inspect(saleId, productId, { close: false, thorough: true });
  if (inspected.status === 'saleNotReady') {
    say('I1', `${saleId} is not ready`);
    return undefined;
  }
  if (inspected.status === 'unsound') say('I1', `${productId}: ${inspected.wrong}`, true);
  if (inspected.minted !== minted)
    say('I1', `${productId}: Redis has ${inspected.minted} units, MongoDB minted ${minted}`);
  let paid = 0;
  for (const [token, { status }] of live.tokens)
    if (status === 'PAID' && token.slice(0, token.lastIndexOf('-')) === productId) paid += 1;
  if (paid > minted) say('I3', `${productId}: ${paid} units are paid, ${minted} were minted`, true);
  const { free, held, sold } = inspected;
  return { saleId, productId, name, minted, free, held, sold, paid };
}

/** I4 and I5: what Redis says is sold or held is so in MongoDB, and the other way round. */
async function compareOwners(
  shop: HoldfastProcess,
  saleId: string,
  { _id: productId }: Product,
  live: Live,
  say: Say,
): Promise<void> {
  const sold = new Set<string>();
  for await (const owners of ownersOfAll(shop.inventory, saleId, productId, 'sold')) {
    for (const [token, orderId] of owners) {
      sold.add(token);
      const order = live.tokens.get(token);
      if (order?.status !== 'PAID' || order.orderId !== orderId)
        say('I4', `${token} is sold to ${orderId}, which is not a PAID order of it`);
    }
  }
  for (const [token, { orderId, status }] of live.tokens) {
    if (status === 'PAID' && token.slice(0, token.lastIndexOf('-')) === productId && !sold.has(token))
      say('I4', `${token} of the PAID order ${orderId} is not sold`);
  }
  for await (const owners of ownersOfAll(shop.inventory, saleId, productId, 'held')) {
    for (let at = 0; at < owners.length; at += LIMITS.orderBatch) {
      const orderIds = [...new Set(owners.slice(at, at + LIMITS.orderBatch).map(([, orderId]) => orderId))];
      for (const { orderId } of await shop.orders.page({ saleId, status: 'CANCELLED', orderIds, after: '' }))
        say('I5', `the CANCELLED order ${orderId} holds units`);
    }
  }
}

/** I6: every hold has an order or is younger than its deadline. */
async function compareHolds(shop: HoldfastProcess, saleId: string, say: Say): Promise<void> {
  const now = Date.now();
  const holds = await shop.inventory.holdsCount(saleId);
  for (let offset = 0; offset < holds; offset += LIMITS.orderBatch) {
    const page = await shop.inventory.holdsPage(saleId, offset, LIMITS.orderBatch);
    const overdue = page.filter(({ deadlineMs }) => deadlineMs <= now).map(({ orderId }) => orderId);
    const known = new Set<string>();
    for (const status of ['RESERVED', 'PAID', 'CANCELLED'] as const) {
      for (const { orderId } of await shop.orders.page({ saleId, status, orderIds: overdue, after: '' }))
        known.add(orderId);
    }
    for (const orderId of overdue)
      if (!known.has(orderId)) say('I6', `the hold ${orderId} is past its deadline and has no order`);
  }
}
