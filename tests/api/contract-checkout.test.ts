import { expect, test } from 'vitest';
import type { CheckoutAnswer, Problem } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const checkout = (shopper: Shopper, body: object) =>
  shopper.call<CheckoutAnswer & Omit<Problem, 'items' | 'status'>>('POST', '/api/checkout', { body });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

test('a checkout answers what is held, until when, and what it costs', async () => {
  const { productIds } = await shop.client.sale({ units: [5, 5], price: 1_999 });
  const [a, b] = productIds as [string, string];
  const answer = await shop.client.shopper().buyNow([
    { productId: a, quantity: 2 },
    { productId: b, quantity: 1 },
  ]);
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    orderId: expect.stringMatching(UUID),
    status: 'RESERVED',
    expiresIn: expect.any(Number),
    expiresAt: expect.any(String),
    serverTime: expect.any(String),
    items: expect.arrayContaining([
      { productId: a, name: 'Product 0', price: 1_999, quantity: 2, tokens: [`${a}-1`, `${a}-2`] },
      { productId: b, name: 'Product 1', price: 1_999, quantity: 1, tokens: [`${b}-1`] },
    ]),
    total: 3 * 1_999,
    currency: 'EUR',
  });
});

test('checking out the same cart again answers the hold that it already has', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 3 }]);
  const first = await checkout(shopper, { cartId });
  const again = await checkout(shopper, { cartId });
  expect([first.status, again.status]).toEqual([201, 200]);
  const { expiresIn: _, serverTime: __, ...same } = first.body;
  expect(again.body).toMatchObject(same);
  expect(again.body.expiresIn).toBeLessThanOrEqual(first.body.expiresIn);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 7, held: 3 });
});

test('fifty checkouts of one cart at the same time hold its units once', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 2 }]);
  const answers = await Promise.all(Array.from({ length: 50 }, () => checkout(shopper, { cartId })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 8, held: 2 });
});

test('a cart that was changed while its order is on hold is not checked out anew', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 1 }]);
  const { body } = await checkout(shopper, { cartId });
  await shopper.call('PATCH', `/api/cart/${cartId}`, { body: { productId: productIds[0], quantity: 2 } });
  expectProblem(await checkout(shopper, { cartId }), 409, 'CART_ON_HOLD', { orderId: body.orderId });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 9, held: 1 });
  await shopper.call('POST', `/api/orders/${body.orderId}/cancel`);
  expect(await checkout(shopper, { cartId })).toMatchObject({ status: 201, body: { items: [{ quantity: 2 }] } });
});

test('a checkout is of one sale; a cart of several says which ones it has', async () => {
  const sales = [await shop.client.sale(), await shop.client.sale()];
  const items = sales.map(({ productIds }) => ({ productId: productIds[0]!, quantity: 1 }));
  const saleIds = expect.arrayContaining(sales.map(({ saleId }) => saleId)) as string[];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith(items);
  expectProblem(await checkout(shopper, { cartId }), 409, 'CART_HAS_SEVERAL_SALES', { saleIds });
  expectProblem(await checkout(shopper, { items }), 409, 'CART_HAS_SEVERAL_SALES', { saleIds });
  const one = await checkout(shopper, { cartId, saleId: sales[0]!.saleId });
  const two = await checkout(shopper, { cartId, saleId: sales[1]!.saleId });
  expect([one.status, two.status]).toEqual([201, 201]);
  expect(one.body.orderId).not.toBe(two.body.orderId);
});

test('before a sale opens nothing is held, and the answer says when it opens', async () => {
  const opensAt = inAnHour();
  const { saleId, productIds } = await shop.client.sale({ opensAt });
  expectProblem(
    await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]),
    409,
    'SALE_NOT_OPEN',
    { opensAt },
  );
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 10, held: 0 });
});

test('a sale opens by itself at its minute, and not a moment before', async () => {
  const opensAt = Date.now() + 1_500;
  const { productIds } = await shop.client.sale({ opensAt: new Date(opensAt).toISOString() });
  const shopper = shop.client.shopper();
  const first = await until(
    async () => {
      const answer = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
      if (answer.status !== 201) expectProblem(answer, 409, 'SALE_NOT_OPEN');
      return answer.status === 201 ? answer : undefined;
    },
    { what: 'the sale is open' },
  );
  expect(Date.parse(first.body.serverTime)).toBeGreaterThanOrEqual(opensAt);
});

test('after a sale has closed nothing is held, and the answer says when it closed', async () => {
  const closesAt = new Date(Date.now() - 1_000).toISOString();
  const { productIds } = await shop.client.sale({ closesAt });
  expectProblem(await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]), 409, 'SALE_CLOSED', {
    closesAt,
  });
});

test('nobody gets more than the limit, not by repeating, not by two lines of one product, not while others wait to be paid', async () => {
  const { saleId, productIds } = await shop.client.sale({ limitPerCustomer: 3 });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const refused = (requested: number, owned: number) => ({ items: [{ productId, requested, limit: 3, owned }] });
  expectProblem(await shopper.buyNow([{ productId, quantity: 4 }]), 409, 'LIMIT_REACHED', refused(4, 0));
  expectProblem(
    await shopper.buyNow([
      { productId, quantity: 2 },
      { productId, quantity: 2 },
    ]),
    409,
    'LIMIT_REACHED',
    refused(4, 0),
  );
  const bought = await shopper.buyNow([{ productId, quantity: 2 }]);
  await shopper.pay(bought.body.orderId);
  const held = await shopper.buyNow([{ productId, quantity: 1 }]);
  expect(held.status).toBe(201);
  expectProblem(await shopper.buyNow([{ productId, quantity: 1 }]), 409, 'LIMIT_REACHED', refused(1, 3));
  await shopper.call('POST', `/api/orders/${held.body.orderId}/cancel`);
  const rush = await Promise.all(Array.from({ length: 20 }, () => shopper.buyNow([{ productId, quantity: 1 }])));
  expect(rush.filter(({ status }) => status === 201)).toHaveLength(1);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 7, held: 1, sold: 2 });
});

test('when there is not enough, the whole checkout fails and says what is left of each product', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [3, 1, 9] });
  const [a, b, c] = productIds as [string, string, string];
  await shop.client.shopper().buyNow([{ productId: a, quantity: 2 }]);
  const answer = await shop.client.shopper().buyNow([a, b, c].map((productId) => ({ productId, quantity: 2 })));
  expectProblem(answer, 409, 'OUT_OF_STOCK', {
    items: expect.arrayContaining([
      { productId: a, requested: 2, available: 1, held: 2 },
      { productId: b, requested: 2, available: 1, held: 0 },
    ]),
  });
  expect(answer.body.items).toHaveLength(2);
  expect((await shop.client.look(saleId)).products.map(({ available }) => available)).toEqual([1, 1, 9]);
});

test('the same product on two lines is added up before anything is held', async () => {
  const { productIds } = await shop.client.sale({ units: [5] });
  const [productId] = productIds as [string];
  const short = await shop.client.shopper().buyNow([
    { productId, quantity: 3 },
    { productId, quantity: 3 },
  ]);
  expectProblem(short, 409, 'OUT_OF_STOCK', { items: [{ productId, requested: 6, available: 5, held: 0 }] });
  const enough = await shop.client.shopper().buyNow([
    { productId, quantity: 3 },
    { productId, quantity: 2 },
  ]);
  expect(enough).toMatchObject({ status: 201, body: { items: [{ quantity: 5 }], total: 5_000 } });
  expect(new Set(enough.body.items[0]?.tokens).size).toBe(5);
  const tooMany = await shop.client.shopper().buyNow([
    { productId, quantity: 60 },
    { productId, quantity: 60 },
  ]);
  expectProblem(tooMany, 400, 'INVALID_REQUEST', { field: 'quantity' });
});

test('a checkout of a product that does not exist is not found', async () => {
  const { productIds } = await shop.client.sale();
  const items = [
    { productId: productIds[0]!, quantity: 1 },
    { productId: 'no-such-product', quantity: 1 },
  ];
  expectProblem(await shop.client.shopper().buyNow(items), 404, 'NOT_FOUND', { field: 'productId' });
});

test('a checkout names the field that is wrong', async () => {
  const line = { productId: 'a', quantity: 1 };
  for (const [body, field] of [
    [{ items: [{ productId: 'a', quantity: 0 }] }, 'items.0.quantity'],
    [{ items: [line, { productId: 'a', quantity: 101 }] }, 'items.1.quantity'],
    [{ items: [{ productId: 'A', quantity: 1 }] }, 'items.0.productId'],
    [{ items: [] }, 'items'],
    [{ items: Array.from({ length: 21 }, () => line) }, 'items'],
    [{ cartId: 'x' }, 'cartId'],
    [{ items: [line], cartId: '0b8f7c1e-5a43-4f0e-9d0a-0123456789ab' }, 'body'],
  ] as const) {
    expectProblem(await shop.client.shopper().call('POST', '/api/checkout', { body }), 400, 'INVALID_REQUEST', {
      field,
    });
  }
});

test('while a sale is being restored a checkout asks the shopper to come back, and then it works', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  await shop.redis.del(`sale:{${saleId}}`);
  const refused = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expectProblem(refused, 503, 'SALE_NOT_READY');
  expect(refused.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  await until(async () => (await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }])).status === 201, {
    what: 'the sale sells again',
  });
});
