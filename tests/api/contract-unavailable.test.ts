import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckoutAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Answer } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop({ env: { LOG_LEVEL: 'silent' } });

/** "Come back in a moment": never an inside error, never a promise. */
function expectComeBack(answer: Answer): void {
  expectProblem(answer, 503, 'UNAVAILABLE');
  expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
}

test('while Redis is away the shop asks everybody to come back, promises nothing, and then goes on where it was', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5], holdSeconds: 600 });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId, quantity: 1 }]);
  const { body: held } = await shopper.buyNow([{ productId, quantity: 1 }]);
  const key = randomUUID();
  const buy = () =>
    shopper.call<CheckoutAnswer>('POST', '/api/checkout', { body: { cartId }, headers: { 'idempotency-key': key } });

  await shop.floor.redis.stop();
  expect(await shopper.call('GET', '/api/health')).toMatchObject({ status: 200 });
  const calls: [method: string, path: string, body?: object][] = [
    ['GET', '/api/ready'],
    ['GET', `/api/sales/${saleId}`],
    ['GET', '/api/products'],
    ['GET', '/api/sales'],
    ['POST', '/api/checkout', { items: [{ productId, quantity: 1 }] }],
    ['POST', '/api/checkout', { cartId }],
    ['GET', `/api/orders/${held.orderId}`],
    ['GET', '/api/orders'],
    ['POST', `/api/orders/${held.orderId}/cancel`],
    ['POST', `/api/orders/${held.orderId}/extend`],
    ['POST', '/api/payment/success', { orderId: held.orderId }],
    ['POST', '/api/payment/fail', { orderId: held.orderId }],
    ['POST', '/api/payment/success', { orderId: held.orderId }],
  ];
  for (const [method, path, body] of calls) expectComeBack(await shopper.call(method, path, { body }));
  for (const path of ['/api/token', '/api/metrics']) expectComeBack(await shop.client.admin('GET', path));
  expectComeBack(await buy());
  expect(await shopper.call('GET', `/api/cart/${cartId}`)).toMatchObject({
    status: 200,
    body: { items: [{ quantity: 1 }] },
  });
  expectProblem(await shop.client.shopper().call('GET', `/api/orders/${held.orderId}`), 404, 'NOT_FOUND');

  await shop.floor.redis.restart();
  const bought = await until(
    async () => {
      const answer = await buy();
      return answer.status === 503 ? undefined : answer;
    },
    { what: 'the shop sells again' },
  );
  expect([200, 201]).toContain(bought.status);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ minted: 5, available: 3 });
});
