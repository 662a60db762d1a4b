import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ReceiptAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Answer, Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop({ env: { LOG_LEVEL: 'trace', SELLER_NAME: 'Kelp & Sons' } });

const receiptPath = (orderId: string, secret?: string) =>
  `/api/orders/${orderId}/receipt${secret === undefined ? '' : `?secret=${encodeURIComponent(secret)}`}`;
const read = (shopper: Shopper, orderId: string, secret?: string) =>
  shopper.call<ReceiptAnswer>('GET', receiptPath(orderId, secret));
const secretOf = ({ link }: ReceiptAnswer) => link.slice(link.indexOf('#') + 1);

async function bought() {
  const { saleId, productIds } = await shop.client.sale({ units: [5, 5], price: 12_900, taxBasisPoints: 1_900 });
  const shopper = shop.client.shopper();
  const { body: order } = await shopper.buyNow(productIds.map((productId, i) => ({ productId, quantity: i + 1 })));
  await shopper.pay(order.orderId);
  return { saleId, shopper, order, orderId: order.orderId };
}

const timeless = ({ status, headers: { date: _, ...headers }, body }: Answer) => ({ status, headers, body });

test('a paid order has a receipt with everything on it, which nobody may cache', async () => {
  const { shopper, order, orderId } = await bought();
  const answer = await read(shopper, orderId);
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' },
  });
  expect(answer.body).toEqual({
    orderId,
    seller: 'Kelp & Sons',
    createdAt: expect.any(String),
    paidAt: expect.any(String),
    items: order.items,
    total: 38_700,
    currency: 'EUR',
    taxBasisPoints: 1_900,
    tax: 6_179, // 38,700 × 19 ÷ 119 = 6,178.99
    payment: `…${orderId.slice(-6)}`,
    refunds: [],
    ships: false,
    delivery: null,
    link: expect.stringMatching(new RegExp(`^/orders/${orderId}/receipt#[A-Za-z0-9_-]{43}$`)),
  });
});

test('a receipt never changes with its sale, and says what went back', async () => {
  const { saleId, shopper, orderId } = await bought();
  const before = (await read(shopper, orderId)).body;
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { taxBasisPoints: 0, name: 'Another name' });
  await shop.mongo.collection('products').updateMany({ sale: saleId }, { $set: { price: 1, name: 'Another name' } });
  expect((await read(shopper, orderId)).body).toEqual(before);
  const refund = { orderId, amount: 38_700, currency: 'EUR', reason: 'admin', attempts: 0, createdAt: new Date() };
  const refunds = shop.mongo.collection('refunds');
  await refunds.insertOne({ _id: `pay-${orderId}` as never, ...refund, status: 'PENDING' });
  expect((await read(shopper, orderId)).body.refunds).toEqual([{ amount: 38_700, at: null }]);
  const doneAt = new Date();
  await refunds.updateOne({ _id: `pay-${orderId}` as never }, { $set: { status: 'DONE', doneAt } });
  expect((await read(shopper, orderId)).body.refunds).toEqual([{ amount: 38_700, at: doneAt.toISOString() }]);
});

test('the link opens the receipt without a cookie, for this one order, and by header too', async () => {
  const { shopper, orderId } = await bought();
  const { body: mine } = await read(shopper, orderId);
  const secret = secretOf(mine);
  expect(await read(shop.client.shopper(), orderId, secret)).toMatchObject({ status: 200, body: mine });
  const header = { headers: { 'receipt-secret': secret } };
  expect(await shop.client.shopper().call('GET', receiptPath(orderId), header)).toMatchObject({ body: mine });
  expect(await shop.client.admin('GET', receiptPath(orderId))).toMatchObject({ status: 200, body: mine });
  const other = await bought();
  expect(secretOf((await read(other.shopper, other.orderId)).body)).not.toBe(secret);
  expectProblem(await read(shop.client.shopper(), other.orderId, secret), 404, 'NOT_FOUND');
});

test('without cookie and secret a receipt is exactly like one that does not exist', async () => {
  const { shopper, orderId } = await bought();
  const secret = secretOf((await read(shopper, orderId)).body);
  const stranger = shop.client.shopper();
  await stranger.call('POST', '/api/cart');
  const missing = timeless(await read(stranger, randomUUID()));
  const guesses = [
    undefined,
    '',
    secret.slice(0, -1),
    `${secret}A`,
    secret.toLowerCase(),
    `${secret}=`,
    `${orderId}.${secret}`,
    'A'.repeat(43),
    'x'.repeat(5_000),
    '\u0000',
    '😀',
  ];
  for (const guess of guesses) {
    for (const who of [stranger, shop.client.shopper()]) {
      const answer = await read(who, orderId, guess);
      expectProblem(answer, 404, 'NOT_FOUND');
      expect(timeless(answer)).toEqual(missing);
    }
  }
  expectProblem(await stranger.call('GET', `${receiptPath(orderId)}?secret[$ne]=`), 404, 'NOT_FOUND');
  expectProblem(await stranger.call('POST', receiptPath(orderId, secret)), 405, 'METHOD_NOT_ALLOWED');
});

test('an order that is not paid has no receipt, not even for its customer or with its secret', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expectProblem(await read(shopper, body.orderId), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('GET', receiptPath(body.orderId)), 404, 'NOT_FOUND');
  await shopper.call('POST', `/api/orders/${body.orderId}/cancel`);
  expectProblem(await read(shopper, body.orderId), 404, 'NOT_FOUND');
});

test('no secret is ever written into a log, not even when the shop cannot answer', async () => {
  const { shopper, orderId } = await bought();
  const secret = secretOf((await read(shopper, orderId)).body);
  await shop.floor.redis.kill9();
  const hold = await shopper.buyNow([{ productId: 'any', quantity: 1 }]).catch(() => undefined);
  expect(hold?.status).not.toBe(201);
  expect(await read(shop.client.shopper(), orderId, secret)).toMatchObject({ status: 200 }); // needs no Redis
  await shop.mongo.collection('orders').updateOne({ _id: orderId as never }, { $set: { items: null } });
  expect(await read(shop.client.shopper(), orderId, secret)).toMatchObject({ status: 500 });
  await until(async () => shop.web.output().includes(`/api/orders/${orderId}/receipt`), { what: 'the log says so' });
  expect(shop.web.output()).not.toContain(secret);
});
