import { expect, test } from 'vitest';
import type { CheckoutAnswer, OneSaleAnswer, OrderAnswer, Problem } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import type { Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop({ env: {} });

const look = async (shopper: Shopper, orderId: string) =>
  (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body;
const patch = (saleId: string, changes: object) =>
  shop.client.admin<OneSaleAnswer>('PATCH', `/api/sales/${saleId}`, changes);
const checkout = (shopper: Shopper, body: object, key = '') =>
  shopper.call<CheckoutAnswer & Omit<Problem, 'items' | 'status' | 'total' | 'currency'>>('POST', '/api/checkout', {
    body,
    headers: key ? { 'idempotency-key': key } : {},
  });

/** Another price, as the merchant's own tools would write it; resolves when the shop shows it. */
async function reprice(saleId: string, productId: string, price: number): Promise<void> {
  await shop.mongo
    .collection('products')
    .updateOne({ _id: productId as never }, { $set: { price }, $currentDate: { updatedAt: true } });
  await until(
    async () => (await shop.client.look(saleId)).products.find((p) => p.productId === productId)?.price === price,
    {
      what: 'the shop shows the new price',
    },
  );
}

test('a sale says which tax its prices contain, and its merchant can change that', async () => {
  const { saleId } = await shop.client.sale({ taxBasisPoints: 1_900 });
  expect(await shop.client.look(saleId)).toMatchObject({ taxBasisPoints: 1_900 });
  expect(await patch(saleId, { taxBasisPoints: 700 })).toMatchObject({ status: 200, body: { taxBasisPoints: 700 } });
  for (const taxBasisPoints of [-1, 10_001, 19.5, '1900', null])
    expectProblem(await patch(saleId, { taxBasisPoints }), 400, 'INVALID_REQUEST', { field: 'taxBasisPoints' });
  expect(await shop.client.look(saleId)).toMatchObject({ taxBasisPoints: 700 });
});

test('an order keeps the tax of its checkout, whatever the sale says later', async () => {
  const { saleId, productIds } = await shop.client.sale({ price: 12_900, taxBasisPoints: 1_900 });
  const shopper = shop.client.shopper();
  const wanted = [{ productId: productIds[0]!, quantity: 2 }];
  const { orderId } = (await shopper.buyNow(wanted)).body;
  const taxed = { total: 25_800, taxBasisPoints: 1_900, tax: 4_119 }; // 25,800 × 19 ÷ 119 = 4,119.33
  expect(await look(shopper, orderId)).toMatchObject(taxed);
  await patch(saleId, { taxBasisPoints: 0 });
  await shopper.pay(orderId);
  expect(await look(shopper, orderId)).toMatchObject({ status: 'PAID', ...taxed });
  const later = (await shopper.buyNow(wanted)).body.orderId;
  expect(await look(shopper, later)).toMatchObject({ total: 25_800, taxBasisPoints: 0, tax: 0 });
});

test('a yen is a yen: a currency without minor units is bought and paid in whole units', async () => {
  const { productIds } = await shop.client.sale({ currency: 'JPY', price: 1_900, taxBasisPoints: 1_000 });
  const shopper = shop.client.shopper();
  const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 3 }]);
  expect(body).toMatchObject({ total: 5_700, currency: 'JPY' });
  await shopper.pay(body.orderId);
  expect(await look(shopper, body.orderId)).toMatchObject({ status: 'PAID', total: 5_700, tax: 518 });
  expect(await shop.mongo.collection('sandbox_payments').findOne({ orderId: body.orderId })).toMatchObject({
    amount: 5_700,
    currency: 'JPY',
    status: 'captured',
  });
});

test('at another price than the expected one a checkout is refused, and nothing has changed', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5, 5], price: 1_000 });
  const [a, b] = productIds as [string, string];
  const shopper = shop.client.shopper();
  const items = [
    { productId: a, quantity: 2 },
    { productId: b, quantity: 1 },
  ];
  const cartId = await shopper.cartWith(items);
  await reprice(saleId, a, 1_200);
  const before = await stateOf(shop);
  for (const wish of [{ items }, { cartId }, { cartId, saleId }]) {
    const refused = await checkout(shopper, { ...wish, expectedTotal: 3_000 }, 'one-key');
    expectProblem(refused, 409, 'PRICE_CHANGED', { expectedTotal: 3_000, total: 3_400, currency: 'EUR' });
    const sorted = [a, b].sort((x, y) => x.localeCompare(y));
    expect(refused.body.items).toEqual(
      sorted.map((productId) => ({
        productId,
        price: productId === a ? 1_200 : 1_000,
        quantity: productId === a ? 2 : 1,
      })),
    );
  }
  expect(await stateOf(shop)).toEqual(before);
  const bought = await checkout(shopper, { cartId, expectedTotal: 3_400 }, 'one-key');
  expect(bought).toMatchObject({ status: 201, body: { total: 3_400 } });
  await shopper.pay(bought.body.orderId);
  expect(await look(shopper, bought.body.orderId)).toMatchObject({ status: 'PAID', total: 3_400 });
});

test('what a key or a cart has made already is answered whatever the price is now', async () => {
  const { saleId, productIds } = await shop.client.sale({ price: 1_000 });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId, quantity: 1 }]);
  const items = [{ productId, quantity: 1 }];
  const byCart = await checkout(shopper, { cartId, expectedTotal: 1_000 });
  const byKey = await checkout(shopper, { items, expectedTotal: 1_000 }, 'price-key');
  expect([byCart.status, byKey.status]).toEqual([201, 201]);
  await reprice(saleId, productId, 1_200);
  for (const expectedTotal of [1_000, 1_200, 7, undefined]) {
    expect(await checkout(shopper, { cartId, expectedTotal })).toMatchObject({
      status: 200,
      body: { orderId: byCart.body.orderId, total: 1_000 },
    });
    expect(await checkout(shopper, { items, expectedTotal }, 'price-key')).toMatchObject({
      status: 200,
      body: { orderId: byKey.body.orderId, total: 1_000 },
    });
  }
  expectProblem(
    await checkout(shopper, { items: [{ productId, quantity: 2 }], expectedTotal: 7 }, 'price-key'),
    422,
    'IDEMPOTENCY_KEY_REUSED',
  );
  await shopper.pay(byKey.body.orderId);
  expect(await look(shopper, byKey.body.orderId)).toMatchObject({ status: 'PAID', total: 1_000 });
});

test('without an expected total a checkout is at the price of the moment', async () => {
  const { saleId, productIds } = await shop.client.sale({ price: 1_000 });
  await reprice(saleId, productIds[0]!, 900);
  const answer = await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(answer).toMatchObject({ status: 201, body: { total: 900 } });
});
