import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cancel, checkout, type Order } from '#lib/orders/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { checkoutRequest, freshSale, world } from '#tests/support/world.ts';

test('at another total than the expected one nothing is held; at the new one it is', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = { ...checkoutRequest(sale, { key: 'k', quantities: [2] }), expectedTotal: 1_999 };
  expect(await checkout(shop, request)).toEqual({
    status: 'priceChanged',
    nowMs: expect.any(Number),
    expectedTotal: 1_999,
    total: 2_000,
    currency: 'EUR',
    items: [{ productId: sale.productIds[0], price: 1_000, quantity: 2 }],
  });
  expect(await shop.redis.llen(keys.stock(sale.saleId, sale.productIds[0]!))).toBe(3);
  expect(await checkout(shop, { ...request, expectedTotal: 2_000 })).toMatchObject({
    status: 'reserved',
    order: { total: 2_000 },
  });
  expect(await checkout(shop, request)).toMatchObject({ status: 'alreadyHeld', order: { total: 2_000 } });
});

test('a key has made its order also when Redis has forgotten the key', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = checkoutRequest(sale, { key: randomUUID() });
  const first = await checkout(shop, request);
  if (first.status !== 'reserved') throw new Error(first.status);
  await shop.redis.del(keys.idem(sale.saleId, request.customer, request.key));
  const dearer = { ...request, expectedTotal: 1, requestFingerprint: request.requestFingerprint };
  expect(await checkout(shop, dearer)).toMatchObject({
    status: 'alreadyHeld',
    order: { orderId: first.order.orderId },
  });
  expect(await checkout(shop, { ...dearer, requestFingerprint: 'another' })).toEqual({ status: 'keyReused' });
  await cancel(shop, first.order, 'SHOPPER');
  await shop.redis.del(keys.idem(sale.saleId, request.customer, request.key));
  expect(await checkout(shop, dearer)).toMatchObject({ status: 'orderEnded' });
});

test('a cart whose order has ended is not checked out anew at a price that nobody agreed to', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = checkoutRequest(sale, { cartId: randomUUID() });
  const first = await checkout(shop, request);
  if (first.status !== 'reserved') throw new Error(first.status);
  expect(await checkout(shop, { ...request, expectedTotal: 1 })).toMatchObject({ status: 'alreadyHeld' });
  await shop.models.orders.updateOne(
    { _id: first.order.orderId },
    { $set: { status: 'CANCELLED', reason: 'SHOPPER' } },
  );
  expect(await checkout(shop, { ...request, expectedTotal: 1 })).toMatchObject({ status: 'priceChanged' });
  expect(await checkout(shop, { ...request, expectedTotal: 1_000 })).toMatchObject({ status: 'reserved' });
});

test('a crash between hold and order does not let the order be made at another price', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = { ...checkoutRequest(sale, { key: 'crashed' }), expectedTotal: 1_000 };
  const crashing = {
    ...shop,
    orders: {
      ...shop.orders,
      insertReserved: async (_: Order) => {
        throw new Error('crash');
      },
    },
  };
  await expect(checkout(crashing, request)).rejects.toThrow('crash');
  const dearer = { ...request, lines: request.lines.map((line) => ({ ...line, price: 1_200 })) };
  expect(await checkout(shop, dearer)).toMatchObject({ status: 'priceChanged', expectedTotal: 1_000, total: 1_200 });
  expect(await shop.models.orders.countDocuments({ sale: sale.saleId })).toBe(0);
  expect(await checkout(shop, { ...dearer, expectedTotal: 1_200 })).toMatchObject({
    status: 'alreadyHeld',
    order: { total: 1_200 },
  });
});
