import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CartAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Shopper } from '#tests/support/http.ts';

const shop = openShop();

const add = (shopper: Shopper, cartId: string, productId: string, quantity: number) =>
  shopper.call<CartAnswer>('POST', '/api/cart/add', { body: { cartId, productId, quantity } });
const set = (shopper: Shopper, cartId: string, productId: string, quantity: number) =>
  shopper.call<CartAnswer>('PATCH', `/api/cart/${cartId}`, { body: { productId, quantity } });
const read = (shopper: Shopper, cartId: string) => shopper.call<CartAnswer>('GET', `/api/cart/${cartId}`);

test('a stranger gets an empty cart of their own, fills it, changes it and empties it again', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [10], price: 300 });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const made = await shopper.call<CartAnswer>('POST', '/api/cart');
  expect(made).toMatchObject({ status: 201, body: { status: 'open', items: [] } });
  const { cartId } = made.body;
  const line = { productId, saleId, name: 'Product 0', art: 'default', price: 300, currency: 'EUR' };
  expect((await add(shopper, cartId, productId, 2)).body).toEqual({
    cartId,
    status: 'open',
    items: [{ ...line, quantity: 2 }],
  });
  expect((await add(shopper, cartId, productId, 3)).body.items).toEqual([{ ...line, quantity: 5 }]);
  expect((await set(shopper, cartId, productId, 4)).body.items).toEqual([{ ...line, quantity: 4 }]);
  expect((await read(shopper, cartId)).body.items).toEqual([{ ...line, quantity: 4 }]);
  expect(await set(shopper, cartId, productId, 0)).toMatchObject({ status: 200, body: { items: [] } });
  expect(await set(shopper, cartId, productId, 0)).toMatchObject({ status: 200, body: { items: [] } });
});

test('a cart never touches the stock, however full it is', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [3] });
  await shop.client.shopper().cartWith([{ productId: productIds[0]!, quantity: 100 }]);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 3, held: 0, sold: 0 });
});

test('nobody can read, fill, change or check out the cart of somebody else, nor tell it from a missing one', async () => {
  const { productIds } = await shop.client.sale();
  const [productId] = productIds as [string];
  const owner = shop.client.shopper();
  const cartId = await owner.cartWith([{ productId, quantity: 1 }]);
  const thief = shop.client.shopper();
  await thief.call('POST', '/api/cart');
  for (const stranger of [thief, shop.client.shopper()]) {
    for (const id of [cartId, randomUUID()]) {
      expectProblem(await read(stranger, id), 404, 'NOT_FOUND');
      expectProblem(await add(stranger, id, productId, 1), 404, 'NOT_FOUND');
      expectProblem(await set(stranger, id, productId, 7), 404, 'NOT_FOUND');
      expectProblem(await stranger.call('POST', '/api/checkout', { body: { cartId: id } }), 404, 'NOT_FOUND');
    }
    expect((await read(stranger, cartId)).body).toEqual((await read(stranger, randomUUID())).body);
  }
  expect((await read(owner, cartId)).body.items).toMatchObject([{ productId, quantity: 1 }]);
});

test('a cart line holds 1 to 100 units; what goes over is refused and changes nothing', async () => {
  const { productIds } = await shop.client.sale();
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId, quantity: 60 }]);
  for (const quantity of [0, -1, 101, 1.5]) {
    expectProblem(await add(shopper, cartId, productId, quantity), 400, 'INVALID_REQUEST', { field: 'quantity' });
  }
  for (const quantity of [-1, 101, 1.5]) {
    expectProblem(await set(shopper, cartId, productId, quantity), 400, 'INVALID_REQUEST', { field: 'quantity' });
  }
  expectProblem(await add(shopper, cartId, productId, 41), 400, 'INVALID_REQUEST', { field: 'quantity' });
  expect((await read(shopper, cartId)).body.items).toMatchObject([{ quantity: 60 }]);
  expect(await add(shopper, cartId, productId, 40)).toMatchObject({
    status: 200,
    body: { items: [{ quantity: 100 }] },
  });
});

test('a hundred clicks at once add a hundred units, and not one more goes in', async () => {
  const { productIds } = await shop.client.sale();
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  for (let n = 0; n < 5; n++) {
    const cartId = await shopper.cartWith([]); // a new one, so that the clicks race for beginning its line
    const answers = await Promise.all(Array.from({ length: 120 }, () => add(shopper, cartId, productId, 1)));
    const refused = answers.filter(({ status }) => status !== 200).map(({ status }) => status);
    expect(refused).toEqual(Array.from({ length: 20 }, () => 400));
    expect((await read(shopper, cartId)).body.items).toMatchObject([{ productId, quantity: 100 }]);
  }
});

test('a quantity that is set by several calls at once is set by all of them', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  const answers = await Promise.all(Array.from({ length: 40 }, () => set(shopper, cartId, productIds[0]!, 3)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect((await read(shopper, cartId)).body.items).toMatchObject([{ quantity: 3 }]);
});

test('a cart has at most twenty different products', async () => {
  const { productIds } = await shop.client.sale({ units: Array.from({ length: 21 }, () => 1) });
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith(productIds.slice(0, 20).map((productId) => ({ productId, quantity: 1 })));
  expectProblem(await add(shopper, cartId, productIds[20]!, 1), 400, 'INVALID_REQUEST', { field: 'productId' });
  expectProblem(await set(shopper, cartId, productIds[20]!, 1), 400, 'INVALID_REQUEST', { field: 'productId' });
  expect((await read(shopper, cartId)).body.items).toHaveLength(20);
});

test('a product that does not exist cannot be put into a cart', async () => {
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  expectProblem(await add(shopper, cartId, 'no-such-product', 1), 404, 'NOT_FOUND', { field: 'productId' });
  expectProblem(await set(shopper, cartId, 'no-such-product', 1), 404, 'NOT_FOUND', { field: 'productId' });
  expect((await read(shopper, cartId)).body.items).toEqual([]);
});

test('a cart whose order was paid is closed: it shows that, and takes nothing more', async () => {
  const { productIds } = await shop.client.sale();
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId, quantity: 1 }]);
  const { body } = await shopper.call<{ orderId: string }>('POST', '/api/checkout', { body: { cartId } });
  expect(await shopper.pay(body.orderId)).toMatchObject({ status: 200 });
  expect(await read(shopper, cartId)).toMatchObject({ status: 200, body: { cartId, status: 'closed', items: [] } });
  expectProblem(await add(shopper, cartId, productId, 1), 409, 'CART_CLOSED');
  expectProblem(await set(shopper, cartId, productId, 1), 409, 'CART_CLOSED');
  expectProblem(await shopper.call('POST', '/api/checkout', { body: { cartId } }), 409, 'CART_CLOSED');
});

test('a cart of two sales stays open with the other sale in it when one of them is paid', async () => {
  const [one, two] = [await shop.client.sale(), await shop.client.sale()];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith(
    [one, two].map(({ productIds }) => ({ productId: productIds[0]!, quantity: 1 })),
  );
  const { body } = await shopper.call<{ orderId: string }>('POST', '/api/checkout', {
    body: { cartId, saleId: one.saleId },
  });
  await shopper.pay(body.orderId);
  expect(await read(shopper, cartId)).toMatchObject({
    status: 200,
    body: { status: 'open', items: [{ saleId: two.saleId, quantity: 1 }] },
  });
  expect(await shopper.call('POST', '/api/checkout', { body: { cartId } })).toMatchObject({ status: 201 });
});

test('an empty cart cannot be checked out', async () => {
  const { saleId } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  expectProblem(await shopper.call('POST', '/api/checkout', { body: { cartId } }), 400, 'CART_EMPTY');
  expectProblem(await shopper.call('POST', '/api/checkout', { body: { cartId, saleId } }), 400, 'CART_EMPTY');
});
