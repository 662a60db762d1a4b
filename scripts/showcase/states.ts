import type { OrderAnswer } from '#lib/contract.ts';
import type { ShopClient, Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

/** Somebody whose browser has been in the shop before. */
export interface Visitor {
  cookie: string;
  /** What the shop's pages have remembered in it (components/cart/stored-cart.ts). */
  remembered: Record<string, string>;
}

export const SALE = 'noon-drop';
/** What those who missed it are told to look forward to. */
export const NEXT_SALE = 'midnight-press';
/** The product that is looked at and bought, and the one of which there are three. */
export const PRODUCT = 'trail-runner';
export const RARE = 'wool-beanie';

const LONG_HOLD_SECONDS = 3_600;
/** As the demo has them. */
export const HOLD_SECONDS = 60;

/** Change how long holds made from now on last. */
export async function setHoldSeconds(shop: ShopClient, holdSeconds: number): Promise<void> {
  const { status, body } = await shop.admin('PATCH', `/api/sales/${SALE}`, { holdSeconds });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** An afternoon's shoppers: some have bought, some are at their checkouts, and those stay there for an hour. */
export async function openForAWhile(shop: ShopClient): Promise<void> {
  await setHoldSeconds(shop, LONG_HOLD_SECONDS);
  await crowd(shop, { productId: PRODUCT, quantity: 2, buyers: 12, holders: 3 });
  await crowd(shop, { productId: 'canvas-tote', quantity: 5, buyers: 7, holders: 2 });
  await crowd(shop, { productId: 'enamel-mug', quantity: 6, buyers: 10, holders: 2 });
  await crowd(shop, { productId: RARE, quantity: 1, buyers: 1, holders: 0 });
  await setHoldSeconds(shop, HOLD_SECONDS);
}

async function crowd(
  shop: ShopClient,
  { productId, quantity, buyers, holders }: { productId: string; quantity: number; buyers: number; holders: number },
): Promise<void> {
  for (let n = 0; n < buyers + holders; n++) {
    const shopper = shop.shopper();
    const orderId = await hold(shopper, productId, quantity);
    if (n < buyers) await pay(shopper, orderId);
  }
}

/** Everything of a product that is left goes into checkouts of an hour. @returns a way to have all of them paid */
export async function holdAllThatIsLeft(shop: ShopClient, productId: string): Promise<() => Promise<void>> {
  await setHoldSeconds(shop, LONG_HOLD_SECONDS);
  const { products } = await shop.look(SALE);
  const left = products.find((product) => product.productId === productId)?.available ?? 0;
  const held: { shopper: Shopper; orderId: string }[] = [];
  for (let n = 0; n < left; n++) {
    const shopper = shop.shopper();
    held.push({ shopper, orderId: await hold(shopper, productId, 1) });
  }
  await setHoldSeconds(shop, HOLD_SECONDS);
  return async () => {
    for (const { shopper, orderId } of held) await pay(shopper, orderId);
  };
}

/** Hold units of a product. @returns the order's id */
export async function hold(shopper: Shopper, productId: string, quantity = 1): Promise<string> {
  const { status, body } = await shopper.buyNow([{ productId, quantity }]);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.orderId;
}

export async function pay(shopper: Shopper, orderId: string): Promise<void> {
  const { status, body } = await shopper.pay(orderId);
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** A hold that nobody has paid in time. @returns the order's id */
export async function letExpire(shop: ShopClient, shopper: Shopper, productId: string): Promise<string> {
  await setHoldSeconds(shop, 1);
  const orderId = await hold(shopper, productId);
  await setHoldSeconds(shop, HOLD_SECONDS);
  const status = async () => (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body.status;
  await until(async () => (await status()) === 'CANCELLED', { what: 'the hold has expired' });
  return orderId;
}

/** Somebody with a pair of shoes and two mugs in the cart. */
export async function withCart(shop: ShopClient): Promise<Visitor> {
  const shopper = shop.shopper();
  const cartId = await shopper.cartWith([
    { productId: PRODUCT, quantity: 1 },
    { productId: 'enamel-mug', quantity: 2 },
  ]);
  return asVisitor(shopper, { 'holdfast.cart': JSON.stringify({ cartId, orders: {} }) });
}

export function asVisitor(shopper: Shopper, remembered: Record<string, string> = {}): Visitor {
  return { cookie: shopper.cookie, remembered: { 'holdfast.shopper': 'true', ...remembered } };
}
