import { createHash } from 'node:crypto';
import { customersOf } from '#lib/accounts/index.ts';
import type { Cart } from '#lib/carts/index.ts';
import type { Problem } from '#lib/contract.ts';
import { type Caller, stillGuest } from '#lib/http/caller.ts';
import { endedProblem } from '#lib/http/order.ts';
import { problem } from '#lib/http/problem.ts';
import { json } from '#lib/http/route.ts';
import { clock, toCheckoutAnswer } from '#lib/http/views.ts';
import { LIMITS } from '#lib/limits.ts';
import { type Checkout, type CheckoutRequest, repeat } from '#lib/orders/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

interface Wanted extends Pick<Caller, 'customer' | 'customers' | 'session'> {
  key: string;
  body: ({ cartId: string; saleId?: string | undefined } | { items: { productId: string; quantity: number }[] }) & {
    expectedTotal?: number | undefined;
  };
}

/**
 * What a shopper asked for, as one sale's checkout; or the answer to why there is none. Prices are the catalog's as this
 * process knows it, which may be LIMITS.catalogMs old: `expectedTotal` is held against them, and the order gets them.
 */
export async function toCheckoutRequest(shop: HoldfastProcess, wanted: Wanted): Promise<CheckoutRequest | Response> {
  const { customer, session, key, body } = wanted;
  const cart = 'cartId' in body ? await cartOf(shop, wanted, body.cartId) : undefined;
  if ('cartId' in body && !cart) return problem('NOT_FOUND');
  const only = 'saleId' in body ? body.saleId : undefined;
  const cartFingerprint = cart ? fingerprint(`cart ${cart.cartId} ${only ?? ''}`) : '';
  const nothingLeft = async (code: 'CART_CLOSED' | 'CART_EMPTY') => {
    const askedAt = performance.now();
    const outcome = await repeat(shop, { customer, key, requestFingerprint: cartFingerprint });
    return outcome ? toCheckoutResponse(shop, '', outcome, askedAt) : problem(code);
  };
  if (cart?.status === 'closed') return nothingLeft('CART_CLOSED');
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of 'items' in body ? body.items : (cart?.items ?? [])) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  const products = await shop.catalog.products([...quantities.keys()]);
  const lines = [...quantities].flatMap(([productId, quantity], i) => {
    const product = products[i];
    return product ? [{ productId, quantity, name: product.name, price: product.price, saleId: product.sale }] : [];
  });
  if (lines.length < quantities.size) return problem('NOT_FOUND', { field: 'productId' });
  const chosen = lines
    .filter(({ saleId }) => only === undefined || saleId === only)
    .sort((a, b) => a.productId.localeCompare(b.productId));
  const [first] = chosen;
  if (!first) return nothingLeft('CART_EMPTY');
  const saleIds = [...new Set(chosen.map(({ saleId }) => saleId))];
  if (saleIds.length > 1) return problem('CART_HAS_SEVERAL_SALES', { saleIds });
  const tooMany = chosen.find(({ quantity }) => quantity > LIMITS.quantityPerLine);
  if (tooMany)
    return problem('INVALID_REQUEST', {
      field: 'quantity',
      detail: `at most ${LIMITS.quantityPerLine} of one product`,
    });
  const sale = await shop.catalog.sale(first.saleId);
  if (!sale) return problem('NOT_FOUND');
  if (sale.accountsOnly && !session) return problem('SIGN_IN_REQUIRED');
  const items = chosen.map(({ productId, quantity }) => `${productId}:${quantity}`).join(',');
  return {
    saleId: sale._id,
    currency: sale.currency,
    taxBasisPoints: sale.taxBasisPoints,
    customer,
    cartId: cart?.cartId ?? '',
    key,
    requestFingerprint: cartFingerprint || fingerprint(`items ${items}`),
    itemsFingerprint: fingerprint(items),
    expectedTotal: body.expectedTotal,
    lines: chosen.map(({ saleId: _, ...line }) => line),
  };
}

/** The caller's cart; none for a copy of the cookie of a guest that an account has been. */
async function cartOf(
  shop: HoldfastProcess,
  { customers, session }: Wanted,
  cartId: string,
): Promise<Cart | undefined> {
  const own = session ? customersOf(session.user) : [];
  const cookies = customers.find((one) => !own.includes(one)); // the checkout has trusted it (lib/http/route.ts)
  const [cart, guest] = await Promise.all([shop.carts.find(cartId, customers), stillGuest(shop, cookies, false)]);
  return cart && [...own, guest].includes(cart.customer) ? cart : undefined;
}

/**
 * What a checkout answers: a new outcome does not compile until it has its answer.
 * @param askedAt performance.now() before Redis was asked, so that the hold is never said to be longer than it is
 */
export function toCheckoutResponse(
  shop: HoldfastProcess,
  saleId: string,
  outcome: Checkout,
  askedAt: number,
): Response {
  const refused: Partial<Problem> = 'nowMs' in outcome ? { serverTime: clock(outcome.nowMs, askedAt).serverTime } : {};
  switch (outcome.status) {
    case 'reserved':
      return json(201, toCheckoutAnswer(outcome.order, clock(outcome.nowMs, askedAt)));
    case 'alreadyHeld':
      return json(200, toCheckoutAnswer(outcome.order, clock(outcome.nowMs, askedAt)));
    case 'outOfStock':
      return problem('OUT_OF_STOCK', { ...refused, items: outcome.items });
    case 'limitReached':
      return problem('LIMIT_REACHED', { ...refused, items: outcome.items });
    case 'saleNotOpen':
      return problem('SALE_NOT_OPEN', { ...refused, opensAt: new Date(outcome.opensAtMs).toISOString() });
    case 'salePaused':
      return problem('SALE_NOT_OPEN', { ...refused, paused: true, detail: 'The merchant has paused the sale.' });
    case 'saleClosed':
      return problem('SALE_CLOSED', { ...refused, closesAt: new Date(outcome.closesAtMs).toISOString() });
    case 'priceChanged': {
      const { expectedTotal, total, currency, items } = outcome;
      return problem('PRICE_CHANGED', { ...refused, expectedTotal, total, currency, items });
    }
    case 'holdCooldown': {
      const waitMs = outcome.untilMs - clock(outcome.nowMs, askedAt).nowMs;
      return problem(
        'HOLD_COOLDOWN',
        { ...refused, retryAt: new Date(outcome.untilMs).toISOString() },
        { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
      );
    }
    case 'cartOnHold':
      return problem('CART_ON_HOLD', { orderId: outcome.orderId });
    case 'keyReused':
      return problem('IDEMPOTENCY_KEY_REUSED');
    case 'orderExpired':
      return problem('ORDER_EXPIRED', { status: 410, orderId: outcome.orderId });
    case 'orderEnded':
      return endedProblem(outcome.order);
    case 'saleNotReady':
      shop.nudge(saleId);
      return problem('SALE_NOT_READY');
    default:
      return outcome satisfies never;
  }
}

const fingerprint = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);
