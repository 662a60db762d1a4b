import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import { member, signOut, whoAmI } from '#tests/support/accounts.ts';
import type { ShopClient } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
let other: ShopClient;

beforeAll(async () => {
  other = (await shop.floor.web()).client;
});

test('a shopper of one web process is the same shopper on the other: cart, order, payment', async () => {
  const { productIds } = await shop.client.sale();
  const here = shop.client.shopper();
  const cartId = await here.cartWith([{ productId: productIds[0]!, quantity: 2 }]);
  const there = other.shopper(here.cookie);
  const held = await there.call<{ orderId: string }>('POST', '/api/checkout', { body: { cartId } });
  expect(held.status).toBe(201);
  const { orderId } = held.body;
  expect(await here.call('POST', '/api/checkout', { body: { cartId } })).toMatchObject({
    status: 200,
    body: { orderId },
  });
  expect(await here.call('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 200, body: { status: 'RESERVED' } });
  expect(await here.pay(orderId)).toMatchObject({ status: 200 });
  expect(await there.call('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  expect(there.cookie).toBe(here.cookie);
});

test('a sale and a product made on one web process can be checked out on the other at once', async () => {
  for (let round = 0; round < 5; round++) {
    const { saleId, productIds } = await shop.client.sale({ units: [1] });
    expect(await other.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }])).toMatchObject({ status: 201 });
    expect((await other.look(saleId)).products[0]).toMatchObject({ available: 0, held: 1 });
  }
});

test('a pause on one web process stops the other one with the answer', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const buyThere = () => other.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect((await buyThere()).status).toBe(201);
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { paused: true });
  expectProblem(await buyThere(), 409, 'SALE_NOT_OPEN', { paused: true });
  expect((await other.look(saleId)).state).toBe('paused');
});

test('one key on both web processes at once makes one order', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const here = shop.client.shopper();
  await here.call('POST', '/api/cart');
  const there = other.shopper(here.cookie);
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      (i % 2 ? here : there).buyNow([{ productId: productIds[0]!, quantity: 1 }], key),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 59 }, () => 200), 201]);
  expect(new Set(answers.map(({ body }) => body.orderId)).size).toBe(1);
  expect(only(await shop.mongo.collection('orders').find({ sale: saleId }).toArray())).toMatchObject({ key });
});

test('the last units are sold once, though two web processes sell them', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [25] });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      (i % 2 ? shop.client : other).shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]),
    ),
  );
  const won = answers.filter(({ status }) => status === 201);
  expect(won).toHaveLength(25);
  expect(new Set(won.flatMap(({ body }) => body.items[0]!.tokens)).size).toBe(25);
  for (const lost of answers.filter(({ status }) => status !== 201))
    expectProblem(lost, 409, 'OUT_OF_STOCK', {
      items: [{ productId: productIds[0]!, requested: 1, available: 0, held: 25 }],
    });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 25 });
});

test('a session of one web process is one on the other, and ends on both', async () => {
  const here = await member(shop.client);
  const there = other.shopper(here.cookie);
  expect(await whoAmI(there)).toBe(here.who.email);
  await there.call('GET', '/api/orders'); // known to this process now
  await signOut(here);
  expect(await whoAmI(there)).toBeNull(); // account calls look again at once
  await until(async () => (await there.call('POST', '/api/cart')).headers['set-cookie'] !== undefined, {
    what: 'the other process has forgotten the session',
  });
});

test('an expiry that both web processes notice at the same moment returns the units once', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5], holdSeconds: 1 });
  const here = shop.client.shopper();
  const { body } = await here.buyNow([{ productId: productIds[0]!, quantity: 5 }]);
  const there = other.shopper(here.cookie);
  const path = `/api/orders/${body.orderId}`;
  await until(async () => (await shop.redis.exists(`timer:{${saleId}}:${body.orderId}`)) === 0, {
    what: 'the hold is over',
  });
  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? here : there).call('GET', path)));
  expect((await other.look(saleId)).products[0]).toMatchObject({ available: 5, held: 0, sold: 0, minted: 5 });
});
