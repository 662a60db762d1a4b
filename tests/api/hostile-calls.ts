import type { Kind } from '#tests/api/hostile-corpus.ts';
import { bankEvent } from '#tests/support/bank-event.ts';

/** A call that would work: every field in its place, with what it means. */
export interface HostileCall {
  method: 'POST' | 'PATCH' | 'PUT';
  path: string;
  body: Record<string, unknown>;
  fields: Record<string, Kind>;
}

/** What the calls are about: a shopper's sale, product, cart and hold. */
export interface Things {
  saleId: string;
  productId: string;
  cartId: string;
  order: { orderId: string; total: number; currency: string };
}

/** Every call of the API that takes a body. */
export function everyCall({ saleId, productId, cartId, order }: Things): HostileCall[] {
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
    holdsBeforeWait: 1,
    taxBasisPoints: 1,
    ships: true,
    accountsOnly: false,
  };
  const saleFields: Record<string, Kind> = {
    name: 'name',
    description: 'text',
    opensAt: 'instant',
    closesAt: 'instant',
    holdSeconds: 'amount',
    extendSeconds: 'amount',
    paused: 'flag',
    holdsBeforeWait: 'patience',
    taxBasisPoints: 'rate',
    ships: 'flag',
    accountsOnly: 'flag',
  };
  const delivery = {
    body: { name: 'N', email: 'n@example.org', street: 'S 1', postalCode: '1', city: 'C', country: 'DE' },
    fields: {
      name: 'label',
      email: 'email',
      street: 'label',
      postalCode: 'postalCode',
      city: 'label',
      country: 'country',
    } satisfies Record<string, Kind>,
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
    {
      method: 'POST',
      path: '/api/checkout',
      body: { cartId, saleId, expectedTotal: 1 },
      fields: { cartId: 'id', saleId: 'id', expectedTotal: 'sum' },
    },
    {
      method: 'POST',
      path: '/api/checkout',
      body: { items: [line], expectedTotal: 1 },
      fields: {
        expectedTotal: 'sum',
        items: 'lines',
        'items.0': 'text',
        'items.0.productId': 'id',
        'items.0.quantity': 'quantity',
      },
    },
    { method: 'POST', path: `/api/orders/${orderId}/cancel`, body: {}, fields: {} },
    { method: 'POST', path: `/api/orders/${orderId}/extend`, body: {}, fields: {} },
    { method: 'PUT', path: '/api/delivery', ...delivery },
    { method: 'PUT', path: `/api/orders/${orderId}/delivery`, ...delivery },
    { method: 'POST', path: `/api/orders/${orderId}/capture`, body: {}, fields: {} },
    {
      method: 'POST',
      path: `/api/orders/${orderId}/capture/give-up`,
      body: { reason: 'R' },
      fields: { reason: 'name' },
    },
    { method: 'POST', path: `/api/orders/${orderId}/refund`, body: { reason: 'R' }, fields: { reason: 'name' } },
    { method: 'POST', path: '/api/alarms/captureFailed:x/close', body: { reason: 'R' }, fields: { reason: 'name' } },
    { method: 'POST', path: '/api/payment/start', body: { orderId }, fields: { orderId: 'id' } },
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
    {
      method: 'POST',
      path: '/api/account',
      body: { email: 'a@shop.example', password: 'long enough' },
      fields: { email: 'email', password: 'newPassword' },
    },
    {
      method: 'POST',
      path: '/api/account/password',
      body: { current: 'wrong', next: 'long enough' },
      fields: { current: 'password', next: 'newPassword' },
    },
    { method: 'POST', path: '/api/account/delete', body: { password: 'wrong' }, fields: { password: 'password' } },
    {
      method: 'POST',
      path: '/api/auth/callback/credentials',
      body: { csrfToken: 'x', email: 'a@shop.example', password: 'wrong' },
      fields: { csrfToken: 'password', email: 'email', password: 'password' },
    },
    { method: 'POST', path: '/api/auth/signout', body: { csrfToken: 'x' }, fields: { csrfToken: 'password' } },
  ];
}
