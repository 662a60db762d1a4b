import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { OneSaleAnswer, TokensAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';

const shop = openShop();

interface Minted {
  tokens: number;
  first: string;
  last: string;
}

const mint = (productId: string, quantity: number, key?: string) =>
  shop.client.admin<Minted>(
    'POST',
    '/api/product/seed',
    { productId, quantity },
    key ? { 'idempotency-key': key } : {},
  );
const patch = (saleId: string, changes: object) =>
  shop.client.admin<OneSaleAnswer>('PATCH', `/api/sales/${saleId}`, changes);
const tokens = (query: string) => shop.client.admin<TokensAnswer>('GET', `/api/token?${query}`);
const buy = (productId: string, quantity = 1) => shop.client.shopper().buyNow([{ productId, quantity }]);
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

test('only the merchant makes sales, products and units, and sees the units; anybody else is told that a key is needed', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const calls: [string, string, object?][] = [
    ['POST', '/api/sales', { name: 'Mine now', currency: 'EUR' }],
    ['PATCH', `/api/sales/${saleId}`, { paused: true }],
    ['POST', '/api/product', { name: 'Mine', price: 1, saleId }],
    ['POST', '/api/product/seed', { productId: productIds[0], quantity: 1 }],
    ['GET', '/api/token'],
  ];
  const key = process.env.ADMIN_API_KEY!;
  const guesses = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Bearer %zz',
    `Bearer ${key}x`,
    `Bearer ${key.slice(1)}`,
    `bearer ${key}`,
    `Basic ${key}`,
    `Bearer ${key} ${key}`,
    key,
  ];
  for (const [method, path, body] of calls) {
    for (const authorization of guesses) {
      const answer = await shop.client
        .shopper()
        .call(method, path, { body, headers: authorization ? { authorization } : {} });
      expectProblem(answer, 401, 'UNAUTHORIZED');
    }
  }
  expect(await shop.client.look(saleId)).toMatchObject({ state: 'open', products: [{ minted: 10 }] });
});

test('a new sale is there at once, closed outside its window, with the holds that the merchant wants', async () => {
  const opensAt = inAnHour();
  const draft = {
    name: ' Friday drop ',
    description: 'Fifty pairs.',
    currency: 'SEK',
    opensAt,
    closesAt: null,
    holdSeconds: 45,
    extendSeconds: 15,
  };
  const made = await shop.client.admin<{ saleId: string }>('POST', '/api/sales', draft);
  expect(made.status).toBe(201);
  expect(await shop.client.look(made.body.saleId)).toMatchObject({
    ...draft,
    name: 'Friday drop',
    state: 'upcoming',
    products: [],
  });
});

test('a sale or product with a name of its own is made once', async () => {
  const saleId = `drop-${randomUUID()}`;
  const sales = await Promise.all(
    Array.from({ length: 10 }, () =>
      shop.client.admin('POST', '/api/sales', { saleId, name: 'Drop', currency: 'EUR' }),
    ),
  );
  expect(sales.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  expectProblem(sales.find(({ status }) => status === 409)!, 409, 'ALREADY_EXISTS', { field: 'saleId' });
  const productId = `pair-${randomUUID()}`;
  const products = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      shop.client.admin('POST', '/api/product', { productId, name: `Pair ${i}`, price: 100 + i, saleId }),
    ),
  );
  expect(products.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  expect((await shop.client.look(saleId)).products).toHaveLength(1);
});

test('a product without a sale joins the everyday sale, which is always open', async () => {
  const made = await shop.client.admin<{ productId: string }>('POST', '/api/product', { name: 'Mug', price: 900 });
  expect(made.status).toBe(201);
  const everyday = await shop.client.look('everyday');
  expect(everyday).toMatchObject({ state: 'open', opensAt: null, closesAt: null });
  expect(everyday.products.map(({ productId }) => productId)).toContain(made.body.productId);
});

test('a product of a sale that does not exist is refused', async () => {
  expectProblem(
    await shop.client.admin('POST', '/api/product', { name: 'Mug', price: 900, saleId: 'no-such-sale' }),
    400,
    'INVALID_REQUEST',
    { field: 'saleId' },
  );
});

test('units are numbered on from the last one, and a repeated request under one key makes them once', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [3] });
  const [productId] = productIds as [string];
  expect((await mint(productId, 2)).body).toEqual({ tokens: 2, first: `${productId}-4`, last: `${productId}-5` });
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => mint(productId, 5, key)));
  for (const answer of answers)
    expect(answer).toMatchObject({
      status: 200,
      body: { tokens: 5, first: `${productId}-6`, last: `${productId}-10` },
    });
  expectProblem(await mint(productId, 6, key), 422, 'IDEMPOTENCY_KEY_REUSED');
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 10, minted: 10 });
});

test('twenty mints at once make every unit once', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [1] });
  await Promise.all(Array.from({ length: 20 }, () => mint(productIds[0]!, 300)));
  const stock = await shop.redis.lrange(`stock:{${saleId}}:${productIds[0]}`, 0, -1);
  expect([stock.length, new Set(stock).size]).toEqual([6_001, 6_001]);
});

test('units of a product that does not exist cannot be made, nor more than a product may have', async () => {
  const { saleId, productIds } = await shop.client.sale();
  expectProblem(await mint('no-such-product', 1), 404, 'NOT_FOUND');
  for (const quantity of [0, -1, 1.5, 1_000_001])
    expectProblem(await mint(productIds[0]!, quantity), 400, 'INVALID_REQUEST', { field: 'quantity' });
  await shop.mongo.collection('products').updateOne({ _id: productIds[0] as never }, { $set: { minted: 4_999_999 } });
  expectProblem(await mint(productIds[0]!, 2), 409, 'STOCK_LIMIT');
  await shop.mongo.collection('products').updateOne({ _id: productIds[0] as never }, { $set: { minted: 10 } });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 10 });
});

test('pausing a sale takes effect with the answer: holds run on and can be paid, but nothing new is held', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const held = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(await patch(saleId, { paused: true })).toMatchObject({ status: 200, body: { state: 'paused' } });
  expectProblem(await buy(productIds[0]!), 409, 'SALE_NOT_OPEN', { paused: true });
  expect(await shopper.pay(held.body.orderId)).toMatchObject({ status: 200 });
  expect(await patch(saleId, { paused: false })).toMatchObject({ status: 200, body: { state: 'open' } });
  expect((await buy(productIds[0]!)).status).toBe(201);
});

test('moving the opening or the end of a sale takes effect with the answer', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const opensAt = inAnHour();
  expect(await patch(saleId, { opensAt })).toMatchObject({ body: { state: 'upcoming', opensAt } });
  expectProblem(await buy(productIds[0]!), 409, 'SALE_NOT_OPEN', { opensAt });
  expect(await patch(saleId, { opensAt: '2020-01-01T01:00:00+01:00' })).toMatchObject({
    body: { state: 'open', opensAt: '2020-01-01T00:00:00.000Z' },
  });
  expect((await buy(productIds[0]!)).status).toBe(201);
  expect(await patch(saleId, { closesAt: '2020-01-02T00:00:00Z' })).toMatchObject({ body: { state: 'closed' } });
  expectProblem(await buy(productIds[0]!), 409, 'SALE_CLOSED');
  expect(await patch(saleId, { opensAt: null, closesAt: null })).toMatchObject({
    body: { state: 'open', opensAt: null, closesAt: null },
  });
});

test('a sale cannot close before it opens, nor at a time that means "never"', async () => {
  const { saleId } = await shop.client.sale({ opensAt: '2020-01-01T00:00:00Z' });
  const early = { closesAt: '2019-12-31T00:00:00Z' };
  expectProblem(await patch(saleId, early), 400, 'INVALID_REQUEST', { field: 'closesAt' });
  expectProblem(
    await shop.client.admin('POST', '/api/sales', {
      name: 'S',
      currency: 'EUR',
      opensAt: '2020-01-01T00:00:00Z',
      ...early,
    }),
    400,
    'INVALID_REQUEST',
    { field: 'closesAt' },
  );
  for (const closesAt of [
    '1970-01-01T00:00:00Z',
    '1960-01-01T00:00:00Z',
    '2020-02-30T00:00:00Z',
    'tomorrow',
    1_900_000_000,
  ]) {
    expectProblem(await patch(saleId, { opensAt: null, closesAt }), 400, 'INVALID_REQUEST', { field: 'closesAt' });
  }
  expect(await shop.client.look(saleId)).toMatchObject({ state: 'open', closesAt: null });
});

test('a changed hold length counts from the next checkout on', async () => {
  const { saleId, productIds } = await shop.client.sale({ holdSeconds: 60 });
  const before = await buy(productIds[0]!);
  await patch(saleId, { holdSeconds: 600 });
  const after = await buy(productIds[0]!);
  expect(Date.parse(after.body.expiresAt) - Date.parse(before.body.expiresAt)).toBeGreaterThanOrEqual(540_000);
});

test('changing a sale that does not exist, or what a sale does not have, is refused', async () => {
  const { saleId } = await shop.client.sale();
  expectProblem(await patch('no-such-sale', { paused: true }), 404, 'NOT_FOUND');
  expectProblem(await patch(saleId, { currency: 'USD' }), 400, 'INVALID_REQUEST');
  expectProblem(await patch(saleId, { holdSeconds: 0 }), 400, 'INVALID_REQUEST', { field: 'holdSeconds' });
  expectProblem(await patch(saleId, { paused: 'yes' }), 400, 'INVALID_REQUEST', { field: 'paused' });
});

test('the merchant reads every unit, page by page, and who holds it until when', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5] });
  const [productId] = productIds as [string];
  const [one, two] = [await buy(productId), await buy(productId)];
  const paid = shop.client.shopper();
  await paid.pay((await paid.buyNow([{ productId, quantity: 1 }])).body.orderId);
  const [first, second] = [
    (await tokens(`saleId=${saleId}&limit=1`)).body,
    (await tokens(`saleId=${saleId}&limit=1&offset=1`)).body,
  ];
  expect(first).toEqual({
    stock: { [productId]: { availableCount: 2, availableTokens: [`${productId}-4`] } },
    activeReservations: { [one.body.orderId]: { [productId]: [`${productId}-1`] } },
    sold: { [productId]: 1 },
    reservationCount: 2,
    deadlines: { [one.body.orderId]: one.body.expiresAt },
    next: 1,
    serverTime: expect.any(String),
  });
  expect(second).toMatchObject({
    stock: { [productId]: { availableTokens: [`${productId}-5`] } },
    activeReservations: { [two.body.orderId]: { [productId]: [`${productId}-2`] } },
    next: null,
  });
});
