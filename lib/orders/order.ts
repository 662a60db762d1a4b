import type { CancelReason, OrderStatus } from '#lib/contract.ts';
import type { LiveOrder, TokensByProduct } from '#lib/inventory/index.ts';
import type { OrderRecord } from '#lib/mongo/models.ts';

/** One line of an order: the price is of one unit, in minor units, as it was at checkout. */
export interface OrderLine {
  productId: string;
  name: string;
  price: number;
  quantity: number;
  tokens: string[];
}

/** An order as MongoDB decided it. A tombstone is a CANCELLED order without lines, whose customer may be unknown. */
export interface Order {
  orderId: string;
  customer: string;
  saleId: string;
  cartId: string;
  key: string;
  requestFingerprint: string;
  itemsFingerprint: string;
  items: OrderLine[];
  total: number;
  currency: string;
  /** The sale's tax rate at checkout (1900 = 19 %), and the tax that `total` contains. */
  taxBasisPoints: number;
  tax: number;
  status: OrderStatus;
  reason: CancelReason | null;
  deadlineMs: number;
  extensions: string[];
  createdAtMs: number;
  paidAtMs: number | null;
  /** Id of the payment that won. */
  payment: string | null;
  captured: boolean;
  /** Where a PAID order goes, once its customer has said so. */
  delivery: OrderRecord['delivery'] | null;
}

/** @returns the order's tokens by product, as Redis keeps them */
export function tokensOf(order: Order): TokensByProduct {
  return Object.fromEntries(order.items.map(({ productId, tokens }) => [productId, tokens]));
}

/** @returns what Redis must know of a RESERVED or PAID order */
export function toLiveOrder(order: Order & { status: 'RESERVED' | 'PAID' }): LiveOrder {
  const { orderId, status, customer, cartId, key, requestFingerprint, itemsFingerprint } = order;
  const { createdAtMs, deadlineMs, extensions } = order;
  const known = { orderId, status, customer, cartId, key, requestFingerprint, itemsFingerprint };
  return { ...known, createdAtMs, deadlineMs, extensions, tokens: tokensOf(order) };
}

export function isLive(order: Order): order is Order & { status: 'RESERVED' | 'PAID' } {
  return order.status !== 'CANCELLED';
}
