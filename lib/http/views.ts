import type { Cart } from '#lib/carts/index.ts';
import type { CartAnswer, CheckoutAnswer, OrderAnswer, OrderDelivery } from '#lib/contract.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Order } from '#lib/orders/index.ts';
import type { PaymentStory } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/**
 * Redis's time at the moment of the answer: the time of a look plus what has passed since, so that nobody is promised more
 * than is left.
 * @param nowMs Redis's clock at the look
 * @param askedAt performance.now() before the look was asked for
 */
export function clock(nowMs: number, askedAt: number) {
  const serverMs = Math.ceil(nowMs + performance.now() - askedAt);
  return {
    nowMs: serverMs,
    serverTime: new Date(serverMs).toISOString(),
    /** Whole seconds until a deadline, never more than are left. */
    until: (deadlineMs: number) => Math.max(0, Math.floor((deadlineMs - serverMs) / 1000)),
  };
}

export type Clock = ReturnType<typeof clock>;

/** @returns Redis's clock, asked now */
export async function redisClock(shop: Pick<HoldfastProcess, 'redisNowMs'>): Promise<Clock> {
  const askedAt = performance.now();
  return clock(await shop.redisNowMs(), askedAt);
}

export function toCheckoutAnswer(order: Order, { serverTime, until }: Clock): CheckoutAnswer {
  return {
    orderId: order.orderId,
    status: order.status,
    expiresIn: order.status === 'RESERVED' ? until(order.deadlineMs) : 0,
    expiresAt: new Date(order.deadlineMs).toISOString(),
    serverTime,
    items: order.items,
    total: order.total,
    currency: order.currency,
  };
}

/** @param sale the order's sale as the catalog knows it, for its lengths
 * @param story what may be told of its payments */
export function toOrderAnswer(
  order: Order,
  at: Clock,
  sale: { holdSeconds: number; extendSeconds: number; ships: boolean } | undefined,
  story: PaymentStory | undefined,
): OrderAnswer {
  return {
    ...toCheckoutAnswer(order, at),
    saleId: order.saleId,
    taxBasisPoints: order.taxBasisPoints,
    tax: order.tax,
    reason: order.reason,
    createdAt: new Date(order.createdAtMs).toISOString(),
    extensions: order.extensions,
    extendSeconds: sale?.extendSeconds ?? 0,
    holdSeconds: sale?.holdSeconds ?? 0,
    ...(story ?? { moneyBack: null, moneyBackCause: null, paymentOpen: false, declined: false }),
    paidAt: order.paidAtMs === null ? null : new Date(order.paidAtMs).toISOString(),
    ships: sale?.ships ?? false,
    delivery: toOrderDelivery(order),
  };
}

export function toOrderDelivery({ delivery, paidAtMs }: Pick<Order, 'delivery' | 'paidAtMs'>): OrderDelivery | null {
  if (!delivery) return null;
  return { ...delivery, changeableUntil: new Date((paidAtMs ?? 0) + LIMITS.deliveryChangeMs).toISOString() };
}

/** A cart with what its products are called and cost now; products that are gone are left out. */
export async function toCartAnswer({ catalog }: Pick<HoldfastProcess, 'catalog'>, cart: Cart): Promise<CartAnswer> {
  const products = await catalog.products(cart.items.map(({ productId }) => productId));
  const items = await Promise.all(
    cart.items.map(async ({ quantity }, i) => {
      const product = products[i];
      const sale = product && (await catalog.sale(product.sale));
      if (!product || !sale) return [];
      const { _id: productId, sale: saleId, name, art, price } = product;
      return [{ productId, saleId, name, art, price, currency: sale.currency, quantity }];
    }),
  );
  return { cartId: cart.cartId, status: cart.status, items: items.flat() };
}
