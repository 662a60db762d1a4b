import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ExtendAnswer, OrderAnswer, OrdersAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { percentile } from '#tests/support/calls.ts';
import type { Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();

const DELIVERY = {
  name: 'N',
  email: 'n@example.org',
  street: 'S 1',
  postalCode: '',
  city: 'C',
  country: 'DE',
};
const look = (shopper: Shopper, orderId: string) => shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`);
const act = <T>(shopper: Shopper, orderId: string, verb: 'cancel' | 'extend') =>
  shopper.call<T>('POST', `/api/orders/${orderId}/${verb}`);

async function holdOne(options: Parameters<typeof shop.client.sale>[0] = {}) {
  const { saleId, productIds } = await shop.client.sale(options);
  const shopper = shop.client.shopper();
  const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  return { saleId, productId: productIds[0]!, shopper, order: body, orderId: body.orderId };
}

/** Ask for an order until it has expired: nobody else is there to sweep. */
const expired = (shopper: Shopper, orderId: string) =>
  until(async () => (await look(shopper, orderId)).body.status === 'CANCELLED', { what: 'the hold has expired' });

test('an order shows everything that its page needs, from the hold to the receipt', async () => {
  const { saleId, shopper, order } = await holdOne({ holdSeconds: 30, extendSeconds: 20 });
  const { body } = await look(shopper, order.orderId);
  expect(body).toEqual({
    ...order,
    expiresIn: body.expiresIn,
    serverTime: body.serverTime,
    saleId,
    taxBasisPoints: 0,
    tax: 0,
    reason: null,
    createdAt: expect.any(String),
    extensions: [],
    extendSeconds: 20,
    holdSeconds: 30,
    paidAt: null,
    moneyBack: null,
    moneyBackCause: null,
    paymentOpen: false,
    declined: false,
    ships: false,
    delivery: null,
  });
  expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(30_000);
  await shopper.pay(order.orderId);
  expect((await look(shopper, order.orderId)).body).toMatchObject({
    status: 'PAID',
    expiresIn: 0,
    paidAt: expect.any(String),
    items: order.items,
  });
});

test('the order of somebody else is exactly like one that does not exist, whatever one tries', async () => {
  const { shopper, orderId, saleId } = await holdOne();
  const other = shop.client.shopper();
  await other.call('POST', '/api/cart');
  const calls = (id: string): [string, string, object?][] => [
    ['GET', `/api/orders/${id}`],
    ['POST', `/api/orders/${id}/cancel`],
    ['POST', `/api/orders/${id}/extend`],
    ['GET', `/api/orders/${id}/receipt`],
    ['PUT', `/api/orders/${id}/delivery`, DELIVERY],
    ['POST', '/api/payment/success', { orderId: id }],
    ['POST', '/api/payment/fail', { orderId: id }],
  ];
  for (const stranger of [other, shop.client.shopper()]) {
    for (const [i, [method, path, body]] of calls(orderId).entries()) {
      const theirs = await stranger.call(method, path, { body });
      const [, missingPath, missingBody] = calls(randomUUID())[i]!;
      const missing = await stranger.call(method, missingPath, { body: missingBody });
      expectProblem(theirs, 404, 'NOT_FOUND');
      const { date: _, ...headers } = theirs.headers;
      expect({ ...theirs, headers }).toEqual({ ...missing, headers: { ...missing.headers, date: undefined } });
    }
  }
  expect((await look(shopper, orderId)).body).toMatchObject({ status: 'RESERVED', extensions: [] });
  expect(await shop.mongo.collection('payment_events').countDocuments({ orderId })).toBe(0);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ held: 1 });
});

test('how long it takes to be refused somebody else’s order says no more than the answer', async () => {
  const { orderId } = await holdOne();
  const other = shop.client.shopper();
  await other.call('POST', '/api/cart');
  const tookMs = { theirs: [] as number[], missing: [] as number[] };
  for (let i = 0; i < 200; i++) {
    for (const [which, id] of [['theirs', orderId] as const, ['missing', randomUUID()] as const]) {
      const asked = performance.now();
      expect((await other.call('GET', `/api/orders/${id}`)).status).toBe(404);
      tookMs[which].push(performance.now() - asked);
    }
  }
  const ratio = percentile(tookMs.theirs, 0.5) / percentile(tookMs.missing, 0.5);
  expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.5);
});

test('the merchant can see and cancel any order, but cannot pay in the place of a shopper', async () => {
  const { shopper, orderId } = await holdOne();
  expect(await shop.client.admin('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 200, body: { orderId } });
  expectProblem(await shop.client.admin('POST', '/api/payment/success', { orderId }), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('POST', '/api/payment/fail', { orderId }), 404, 'NOT_FOUND');
  expect(await shop.client.admin('POST', `/api/orders/${orderId}/cancel`)).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', reason: 'ADMIN' },
  });
  expect((await look(shopper, orderId)).body).toMatchObject({ status: 'CANCELLED', reason: 'ADMIN' });
});

test('a shopper lets units go, and they are free for the next one; doing it twice is the same', async () => {
  const { saleId, shopper, order, orderId } = await holdOne({ units: [1] });
  for (let i = 0; i < 2; i++) {
    expect(await act(shopper, orderId, 'cancel')).toMatchObject({
      status: 200,
      body: { orderId, status: 'CANCELLED', reason: 'SHOPPER' },
    });
    expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 1, held: 0 });
  }
  const next = await shop.client.shopper().buyNow([{ productId: order.items[0]!.productId, quantity: 1 }]);
  expect(next.body.items[0]!.tokens).toEqual(order.items[0]!.tokens);
  await act(shopper, orderId, 'cancel');
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 1 });
});

test('thirty cancellations at once give the units back once', async () => {
  const { saleId, shopper, orderId } = await holdOne({ units: [4] });
  const answers = await Promise.all(Array.from({ length: 30 }, () => act(shopper, orderId, 'cancel')));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 4, held: 0, minted: 4 });
});

test('a paid order cannot be cancelled or extended', async () => {
  const { shopper, orderId } = await holdOne();
  await shopper.pay(orderId);
  for (const verb of ['cancel', 'extend'] as const)
    expectProblem(await act(shopper, orderId, verb), 409, 'ORDER_ALREADY_PAID', { orderId });
  expectProblem(await shop.client.admin('POST', `/api/orders/${orderId}/cancel`), 409, 'ORDER_ALREADY_PAID', {
    orderId,
  });
});

test('a shopper gets more time once, and every page shows the same new deadline', async () => {
  const { saleId, shopper, order, orderId } = await holdOne({ holdSeconds: 30, extendSeconds: 20 });
  const extended = await act<ExtendAnswer>(shopper, orderId, 'extend');
  expect(extended).toMatchObject({
    status: 200,
    body: { expiresAt: new Date(Date.parse(order.expiresAt) + 20_000).toISOString() },
  });
  const { expiresAt } = extended.body;
  expect((await look(shopper, orderId)).body).toMatchObject({ expiresAt, extensions: ['asked'] });
  expect((await shopper.call<OrdersAnswer>('GET', '/api/orders')).body.orders[0]).toMatchObject({ orderId, expiresAt });
  expect(await shop.redis.pexpiretime(`timer:{${saleId}}:${orderId}`)).toBe(Date.parse(expiresAt));
  expectProblem(await act(shopper, orderId, 'extend'), 409, 'ALREADY_EXTENDED', { orderId });
  expect((await look(shopper, orderId)).body).toMatchObject({ expiresAt });
});

test('twenty wishes for more time at once give it once', async () => {
  const { shopper, order, orderId } = await holdOne({ holdSeconds: 30, extendSeconds: 20 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => act(shopper, orderId, 'extend')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(Date.parse((await look(shopper, orderId)).body.expiresAt)).toBe(Date.parse(order.expiresAt) + 20_000);
});

test('an expired order stays on record with its units named, gives them back, and can do nothing more', async () => {
  const { saleId, shopper, order, orderId } = await holdOne({ units: [1], holdSeconds: 1 });
  await expired(shopper, orderId);
  expect((await look(shopper, orderId)).body).toMatchObject({
    status: 'CANCELLED',
    reason: 'EXPIRED',
    expiresIn: 0,
    items: order.items,
  });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 1, held: 0 });
  expectProblem(await act(shopper, orderId, 'extend'), 409, 'ORDER_EXPIRED', { orderId });
  expectProblem(await shopper.pay(orderId), 409, 'ORDER_EXPIRED', { orderId });
  expect(await act(shopper, orderId, 'cancel')).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', reason: 'EXPIRED' },
  });
});

test('a cancelled order cannot be extended', async () => {
  const { shopper, orderId } = await holdOne();
  await act(shopper, orderId, 'cancel');
  expectProblem(await act(shopper, orderId, 'extend'), 409, 'ORDER_CANCELLED', { orderId, reason: 'SHOPPER' });
});

test('a shopper reads their orders page by page, newest first, and nobody else reads any of them', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const made: string[] = [];
  for (let i = 0; i < 3; i++)
    made.unshift((await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }])).body.orderId);
  const page = async (query: string) => (await shopper.call<OrdersAnswer>('GET', `/api/orders?limit=2${query}`)).body;
  const first = await page('');
  expect(first.orders.map(({ orderId }) => orderId)).toEqual(made.slice(0, 2));
  const second = await page(`&before=${encodeURIComponent(first.next!)}`);
  expect([second.orders.map(({ orderId }) => orderId), second.next]).toEqual([made.slice(2), null]);
  expect((await shop.client.shopper().call<OrdersAnswer>('GET', '/api/orders')).body.orders).toEqual([]);
  expectProblem(await shopper.call('GET', '/api/orders?before=yesterday'), 400, 'INVALID_REQUEST', { field: 'before' });
});
