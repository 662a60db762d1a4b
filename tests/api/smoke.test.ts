import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';

let floor: ShopFloor;
let web: RunningWeb;

beforeAll(async () => {
  floor = await shopFloor({ HOLD_SECONDS: '60' });
  [web] = await Promise.all([floor.web(), floor.worker()]);
});
afterAll(() => floor?.close());

test('a shopper buys one unit, and nobody can buy it again', async () => {
  const { productIds } = await web.client.sale({ units: [1] });
  const shopper = web.client.shopper();
  const held = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(held).toMatchObject({
    status: 201,
    body: { status: 'RESERVED', items: [{ tokens: [`${productIds[0]}-1`] }] },
  });
  const other = await web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(other).toMatchObject({
    status: 409,
    body: { code: 'OUT_OF_STOCK', items: [{ requested: 1, available: 0, held: 1 }] },
  });
  expect(await shopper.pay(held.body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
});

test('a hold that nobody pays comes back by itself', async () => {
  const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 1 });
  const held = await web.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(held.status).toBe(201);
  await until(async () => (await web.client.look(saleId)).products[0]?.available === 1, {
    what: 'the unit is back',
    timeoutMs: 5_000,
  });
});
