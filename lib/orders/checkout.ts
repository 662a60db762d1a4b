import { crashPoint } from '#lib/crash.ts';
import { commit, type Reserved, release, type TokensByProduct } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import { taxContained } from '#lib/money.ts';
import { fresh } from '#lib/orders/cancel.ts';
import { expire } from '#lib/orders/expire.ts';
import { isLive, type Order, toLiveOrder } from '#lib/orders/order.ts';
import { follow, restore, type Shop } from '#lib/orders/shop.ts';

/** A checkout of one sale. Each product stands on one line; prices are of one unit, in minor units. */
export interface CheckoutRequest {
  saleId: string;
  currency: string;
  /** The sale's tax rate: 1900 = 19 %. */
  taxBasisPoints: number;
  customer: string;
  /** Empty when buying without a cart. */
  cartId: string;
  /** Explicit idempotency key, or empty. */
  key: string;
  requestFingerprint: string;
  itemsFingerprint: string;
  /** What the shopper agreed to pay for all of it, if they said so. No part of what makes two requests the same. */
  expectedTotal?: number | undefined;
  lines: { productId: string; name: string; price: number; quantity: number }[];
}

type Refused = Exclude<Reserved, { status: 'reserved' | 'known' | 'saleNotReady' | 'keyReused' | 'priceChanged' }>;

export type Checkout =
  | { status: 'reserved' | 'alreadyHeld'; order: Order; nowMs: number }
  | Refused
  | { status: 'saleNotReady' | 'keyReused' }
  | {
      status: 'priceChanged';
      nowMs: number;
      expectedTotal: number;
      total: number;
      currency: string;
      items: { productId: string; price: number; quantity: number }[];
    }
  | { status: 'orderEnded'; order: Order }
  | { status: 'orderExpired'; orderId: string };

/**
 * Hold every unit of a checkout for one customer, or none. Resolves to the order, or to why there is none; throws only
 * when Redis or MongoDB cannot be asked, and then nothing is released on a guess: the same request may be repeated.
 */
export async function checkout(shop: Shop, request: CheckoutRequest): Promise<Checkout> {
  const priceChanged = isPriceChanged(request);
  for (let attempt = 0; attempt < LIMITS.reserveAttempts; attempt++) {
    const orderId = shop.newId();
    const reserved = await shop.inventory.reserve({ ...request, orderId, priceChanged });
    const outcome = await proceed(shop, request, orderId, reserved);
    if (outcome !== 'again') return outcome;
  }
  return { status: 'saleNotReady' };
}

async function proceed(
  shop: Shop,
  request: CheckoutRequest,
  orderId: string,
  reserved: Reserved,
): Promise<Checkout | 'again'> {
  switch (reserved.status) {
    case 'known':
      return resume(shop, request, reserved);
    case 'saleNotReady':
    case 'keyReused':
      return { status: reserved.status };
    case 'priceChanged':
      return refuse(shop, request, reserved.nowMs);
    case 'reserved':
      crashPoint('after_reserve');
      return place(shop, toOrder(request, orderId, reserved), reserved.nowMs, 'reserved');
    default:
      return reserved;
  }
}

/** Write a hold's order into MongoDB; only then it counts. */
async function place(
  shop: Shop,
  order: Order,
  nowMs: number,
  status: 'reserved' | 'alreadyHeld',
): Promise<Checkout | 'again'> {
  // A PAID order may have taken a unit out of this hold before it had its order; a Redis that a crash has torn may even give
  // one unit twice, which no index catches inside one order.
  if (order.items.some(({ tokens, quantity }) => new Set(tokens).size !== quantity || tokens.length !== quantity)) {
    await withdraw(shop, order, nowMs, 'CONFLICT');
    return 'again';
  }
  const placed = await shop.orders.insertReserved(order);
  switch (placed.status) {
    case 'inserted':
      crashPoint('after_insert');
      return { status, order, nowMs };
    case 'exists':
      // A repeat that found the hold without its order was quicker to write it; the hold is still this checkout's.
      if (placed.order.status === 'RESERVED') return { status, order: placed.order, nowMs };
      if (isLive(placed.order)) return { status: 'alreadyHeld', order: placed.order, nowMs };
      await follow(shop, { ...placed.order, saleId: order.saleId });
      return over(shop, order, order.orderId);
    case 'keyTaken':
      await withdraw(shop, order, nowMs, 'KEY_TAKEN');
      return placed.order.requestFingerprint === order.requestFingerprint
        ? known(placed.order, nowMs)
        : { status: 'keyReused' };
    case 'tokenTaken':
      for (const owner of placed.owners) await giveTo(shop, owner, order);
      await withdraw(shop, order, nowMs, 'CONFLICT');
      return 'again';
    default:
      return placed satisfies never;
  }
}

/** Redis had forgotten that these tokens belong to a live order: give them to it, out of the own hold only. */
async function giveTo(shop: Shop, owner: Order, own: Order): Promise<void> {
  if (!isLive(owner)) return;
  if (owner.status === 'PAID') await commit(shop.inventory, owner.saleId, toLiveOrder(owner));
  else await restore(shop, owner, own.orderId);
}

/** End the own hold for good: a tombstone in MongoDB first, then its tokens go back, and its key may make another order. */
async function withdraw(shop: Shop, own: Order, nowMs: number, reason: 'CONFLICT' | 'KEY_TAKEN'): Promise<void> {
  const { orderId, saleId, customer, cartId, key } = own;
  const grave = await shop.orders.cancel(orderId, reason, nowMs, { tombstone: { saleId, customer } });
  if (grave?.status === 'CANCELLED')
    await release(shop.inventory, saleId, orderId, { cartId, frees: { customer, key } });
}

/** Whether a checkout has withdrawn this order before anybody heard of it. */
const isWithdrawn = ({ items, saleId, reason }: Order) =>
  items.length === 0 && saleId !== '' && (reason === 'CONFLICT' || reason === 'KEY_TAKEN');

/** Go on with the order that this cart or key already has. */
async function resume(
  shop: Shop,
  request: CheckoutRequest,
  { orderId, by }: { orderId: string; by: 'key' | 'cart' },
): Promise<Checkout | 'again'> {
  const { saleId, cartId, customer, key } = request;
  await expire(shop, saleId, orderId); // only if it is due
  const look = await shop.inventory.readHold(saleId, orderId);
  const order = await shop.orders.find(orderId);
  if (!order && look.status === 'held') {
    // A crash came between reserve and insert: the hold says what the order is.
    const { hold, nowMs } = look;
    if (hold.itemsFingerprint !== request.itemsFingerprint) return { status: 'cartOnHold', nowMs, orderId };
    if (isPriceChanged(request)) return refuse(shop, request, nowMs); // that hold runs out
    return place(
      shop,
      toOrder({ ...request, customer: hold.customer, key: hold.key, cartId: hold.cartId }, orderId, { ...hold, nowMs }),
      nowMs,
      'alreadyHeld',
    );
  }
  if (order?.status === 'RESERVED' && isLive(order)) {
    if (look.status === 'absent') await restore(shop, order);
    const deadlineMs = Math.max(order.deadlineMs, look.status === 'held' ? look.hold.deadlineMs : 0);
    return { status: 'alreadyHeld', order: { ...order, deadlineMs }, nowMs: look.nowMs };
  }
  if (!order && look.status === 'saleNotReady') return { status: 'saleNotReady' }; // its hold is not known until it is
  if (order && isWithdrawn(order)) {
    await release(shop.inventory, saleId, orderId, { cartId, frees: { customer, key } }); // a crash came in between
    return 'again';
  }
  if (by === 'key') return order?.items.length ? known(order, look.nowMs) : over(shop, request, orderId);
  if (order) await follow(shop, { ...order, saleId });
  else await release(shop.inventory, saleId, orderId, { cartId }); // a cart record without hold or order
  return 'again';
}

/**
 * What a repeat answers whose cart has nothing left to check out: the order that its key made, which was paid since, or
 * still holds what the shopper has taken out of the cart.
 * @returns undefined when the key has made no order
 */
export async function repeat(shop: Shop, keyed: Keyed): Promise<Checkout | undefined> {
  const made = await madeBy(shop, keyed);
  if (made?.status !== 'made') return made;
  const { order, nowMs } = made;
  return order.status === 'RESERVED' ? { status: 'cartOnHold', nowMs, orderId: order.orderId } : known(order, nowMs);
}

type Keyed = Pick<CheckoutRequest, 'customer' | 'key' | 'requestFingerprint'>;

type Made = { status: 'made'; order: Order; nowMs: number } | { status: 'keyReused' };

/** The order that an idempotency key has made, also when Redis has forgotten the key. */
async function madeBy(shop: Shop, { customer, key, requestFingerprint }: Keyed): Promise<Made | undefined> {
  const made = key === '' ? undefined : await shop.orders.find({ customer, key });
  if (!made) return undefined;
  if (made.requestFingerprint !== requestFingerprint) return { status: 'keyReused' };
  const { nowMs } = await shop.inventory.readHold(made.saleId, made.orderId);
  return { status: 'made', order: await fresh(shop, made), nowMs };
}

/** A hold that ended before its order was written is over, unless its key has made another order. */
async function over(shop: Shop, keyed: Keyed, orderId: string): Promise<Checkout> {
  const made = await madeBy(shop, keyed);
  return made ? answer(made) : { status: 'orderExpired', orderId };
}

/** Nothing new is held at a price that the shopper has not agreed to; what their key has made already they get all the same. */
async function refuse(shop: Shop, request: CheckoutRequest, nowMs: number): Promise<Checkout> {
  const made = await madeBy(shop, request);
  if (made) return answer(made);
  const { lines, currency, expectedTotal = 0 } = request;
  const items = lines.map(({ productId, price, quantity }) => ({ productId, price, quantity }));
  return { status: 'priceChanged', nowMs, expectedTotal, total: totalOf(request), currency, items };
}

const isPriceChanged = (request: CheckoutRequest) =>
  request.expectedTotal !== undefined && request.expectedTotal !== totalOf(request);

const totalOf = ({ lines }: Pick<CheckoutRequest, 'lines'>) =>
  lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);

/** What an idempotency key answers once its order exists. */
const known = (order: Order, nowMs: number): Checkout =>
  isLive(order) ? { status: 'alreadyHeld', order, nowMs } : { status: 'orderEnded', order };

const answer = (made: Made): Checkout => (made.status === 'made' ? known(made.order, made.nowMs) : made);

function toOrder(
  request: CheckoutRequest,
  orderId: string,
  hold: { nowMs: number; deadlineMs: number; tokens: TokensByProduct },
): Order {
  const items = request.lines.map((line) => ({ ...line, tokens: hold.tokens[line.productId] ?? [] }));
  const total = totalOf(request);
  return {
    orderId,
    customer: request.customer,
    saleId: request.saleId,
    cartId: request.cartId,
    key: request.key,
    requestFingerprint: request.requestFingerprint,
    itemsFingerprint: request.itemsFingerprint,
    items: items.map(({ productId, name, price, quantity, tokens }) => ({ productId, name, price, quantity, tokens })),
    total,
    currency: request.currency,
    taxBasisPoints: request.taxBasisPoints,
    tax: taxContained(total, request.taxBasisPoints),
    status: 'RESERVED',
    reason: null,
    deadlineMs: hold.deadlineMs,
    extensions: [],
    createdAtMs: hold.nowMs,
    paidAtMs: null,
    payment: null,
    captured: false,
    delivery: null,
  };
}
