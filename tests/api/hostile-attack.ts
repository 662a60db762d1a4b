import { beforeAll, expect } from 'vitest';
import type { Kind } from '#tests/api/hostile-corpus.ts';
import { bankEvent, openShop, type Shop, sendWebhook } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import type { Answer, Shopper } from '#tests/support/http.ts';

/** A call that would work: every field in its place, with what it means. */
export interface HostileCall {
  method: 'POST' | 'PATCH';
  path: string;
  body: Record<string, unknown>;
  fields: Record<string, Kind>;
}

/** A request with what to call it when it goes wrong. */
export type Attempt = [name: string, send: () => Promise<Answer>];

/** A shop with a sale, a cart and a hold, and a stranger who is the shopper and the merchant at once: only the input is wrong. */
export interface Target {
  shop: Shop;
  shopper: Shopper;
  productId: string;
  saleId: string;
  calls: HostileCall[];
  /** Requests sent so far. */
  sent: number;
  send(
    call: { method: string; path: string },
    raw?: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Send them all, sixteen at a time: every one must be refused as a problem, and nothing may have changed. */
  attack(attempts: Attempt[], allowed?: 'only refusals' | 'answers too'): Promise<void>;
}

const admin = { authorization: `Bearer ${process.env.ADMIN_API_KEY}` };
const AT_ONCE = 16;

export function openTarget(): Target {
  const shop = openShop();
  const target = { shop, sent: 0 } as Target;
  target.send = ({ method, path }, raw, headers = {}) => {
    if (path.endsWith('/webhook') && raw !== undefined) return sendWebhook(shop.client, raw);
    return shop.client
      .shopper(target.shopper.cookie)
      .call(method, path, { ...(raw === undefined ? {} : { raw }), headers: { ...admin, ...headers } });
  };
  target.attack = async (attempts, allowed = 'only refusals') => {
    const before = await stateOf(shop);
    const failures: string[] = [];
    const waiting = attempts.values();
    const one = async () => {
      for (const [name, send] of waiting) {
        target.sent += 1;
        const wrong = await send().then((answer) => complaint(answer, allowed), String);
        if (wrong) failures.push(`${name.slice(0, 200)} → ${wrong}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    expect(failures).toEqual([]);
    expect(await stateOf(shop)).toEqual(before);
  };
  beforeAll(async () => {
    const { saleId, productIds } = await shop.client.sale({ units: [50], holdSeconds: 3_600 });
    const [productId] = productIds as [string];
    target.shopper = shop.client.shopper();
    const cartId = await target.shopper.cartWith([{ productId, quantity: 3 }]);
    const { body: order } = await target.shopper.buyNow([{ productId, quantity: 2 }]);
    Object.assign(target, { saleId, productId, calls: everyCall({ saleId, productId, cartId, order }) });
  });
  return target;
}

/** Why an answer to a hostile request is not good enough, or nothing. */
function complaint(answer: Answer, allowed: 'only refusals' | 'answers too'): string | undefined {
  if (allowed === 'answers too' && answer.status === 200) return undefined;
  const { code, status } = answer.body as { code?: string; status?: number };
  const refused =
    answer.status >= 400 && answer.status < 500 && status === answer.status && /^[A-Z_]+$/.test(code ?? '');
  if (refused && answer.headers['content-type'] === 'application/problem+json') return undefined;
  return `${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
}

interface Things {
  saleId: string;
  productId: string;
  cartId: string;
  order: { orderId: string; total: number; currency: string };
}

function everyCall({ saleId, productId, cartId, order }: Things): HostileCall[] {
  const line = { productId, quantity: 1 };
  const { orderId } = order;
  const sale = {
    name: 'N',
    description: 'D',
    opensAt: null,
    closesAt: null,
    holdSeconds: 1,
    extendSeconds: 1,
    paused: false,
  };
  const saleFields: Record<string, Kind> = {
    name: 'name',
    description: 'text',
    opensAt: 'instant',
    closesAt: 'instant',
    holdSeconds: 'amount',
    extendSeconds: 'amount',
    paused: 'flag',
  };
  return [
    { method: 'POST', path: '/api/cart', body: {}, fields: {} },
    {
      method: 'POST',
      path: '/api/cart/add',
      body: { cartId, ...line },
      fields: { cartId: 'id', productId: 'id', quantity: 'quantity' },
    },
    { method: 'PATCH', path: `/api/cart/${cartId}`, body: line, fields: { productId: 'id', quantity: 'lineQuantity' } },
    { method: 'POST', path: '/api/checkout', body: { cartId, saleId }, fields: { cartId: 'id', saleId: 'id' } },
    {
      method: 'POST',
      path: '/api/checkout',
      body: { items: [line] },
      fields: { items: 'lines', 'items.0': 'text', 'items.0.productId': 'id', 'items.0.quantity': 'quantity' },
    },
    { method: 'POST', path: `/api/orders/${orderId}/cancel`, body: {}, fields: {} },
    { method: 'POST', path: `/api/orders/${orderId}/extend`, body: {}, fields: {} },
    { method: 'POST', path: '/api/payment/success', body: { orderId }, fields: { orderId: 'id' } },
    { method: 'POST', path: '/api/payment/fail', body: { orderId }, fields: { orderId: 'id' } },
    {
      method: 'POST',
      path: '/api/payment/webhook',
      body: bankEvent(order),
      fields: {
        id: 'bankId',
        type: 'bankId',
        paymentId: 'bankId',
        orderId: 'instant',
        amount: 'sum',
        currency: 'bankId',
      },
    },
    { method: 'POST', path: '/api/product/seed', body: line, fields: { productId: 'id', quantity: 'amount' } },
    {
      method: 'POST',
      path: '/api/product',
      body: { productId: 'new', name: 'N', description: 'D', art: 'a', price: 1, saleId, limitPerCustomer: 1 },
      fields: {
        productId: 'newId',
        name: 'name',
        description: 'text',
        art: 'newId',
        price: 'amount',
        saleId: 'id',
        limitPerCustomer: 'amountOrNone',
      },
    },
    {
      method: 'POST',
      path: '/api/sales',
      body: { saleId: 'new', currency: 'EUR', ...sale },
      fields: { saleId: 'newId', currency: 'currency', ...saleFields },
    },
    { method: 'PATCH', path: `/api/sales/${saleId}`, body: sale, fields: saleFields },
    { method: 'POST', path: '/api/admin/session', body: { key: 'wrong' }, fields: { key: 'id' } },
  ];
}
