import { expect, test } from 'vitest';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Shopper } from '#tests/support/http.ts';

const shop = openShop();
const buy = (me: Shopper, productId: string) => me.buyNow([{ productId, quantity: 1 }]);

test('who puts back hold after hold is told when the next one may be, by the answer and its Retry-After; the others buy', async () => {
  const { productIds } = await shop.client.sale({ units: [2], holdsBeforeWait: 3 });
  const productId = productIds[0]!;
  const hoarder = shop.client.shopper();
  for (const end of ['cancel', 'fail', 'cancel'] as const) {
    const { body } = await buy(hoarder, productId);
    expect(body.status).toBe('RESERVED');
    if (end === 'fail') await hoarder.fail(body.orderId);
    else await hoarder.call('POST', `/api/orders/${body.orderId}/cancel`);
  }
  const refused = await buy(hoarder, productId);
  expectProblem(refused as never, 409, 'HOLD_COOLDOWN', {
    retryAt: expect.any(String),
    serverTime: expect.any(String),
  });
  const { retryAt, serverTime } = refused.body as { retryAt?: string; serverTime: string };
  const leftMs = Date.parse(retryAt!) - Date.parse(serverTime);
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(30_000);
  expect(Number(refused.headers['retry-after'])).toBe(Math.ceil(leftMs / 1_000));
  expect((await buy(shop.client.shopper(), productId)).status).toBe(201);
});

test('the hold that a waiting customer still has is theirs: asking for it again answers it, and it can be paid', async () => {
  const { productIds } = await shop.client.sale({ units: [3], holdsBeforeWait: 1 });
  const productId = productIds[0]!;
  const me = shop.client.shopper();
  const kept = await me.buyNow([{ productId, quantity: 1 }], 'the-one-to-keep');
  const { body } = await buy(me, productId);
  await me.call('POST', `/api/orders/${body.orderId}/cancel`);
  expect((await buy(me, productId)).body.code).toBe('HOLD_COOLDOWN');
  expect(await me.buyNow([{ productId, quantity: 1 }], 'the-one-to-keep')).toMatchObject({
    status: 200,
    body: { orderId: kept.body.orderId },
  });
  expect(await me.pay(kept.body.orderId)).toMatchObject({ status: 200 });
  expect((await buy(me, productId)).status).toBe(201);
});

test('what the merchant cancels does not count against the shopper, and a sale says how patient it is', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [1], holdsBeforeWait: 1 });
  const me = shop.client.shopper();
  for (let n = 0; n < 3; n++) {
    const { body, status } = await buy(me, productIds[0]!);
    expect(status).toBe(201);
    expect((await shop.client.admin('POST', `/api/orders/${body.orderId}/cancel`, {})).status).toBe(200);
  }
  expect((await shop.client.look(saleId)).holdsBeforeWait).toBe(1);
  expect((await shop.client.admin('PATCH', `/api/sales/${saleId}`, { holdsBeforeWait: 0 })).body).toMatchObject({
    holdsBeforeWait: 0,
  });
  const usual = await shop.client.admin<{ saleId: string }>('POST', '/api/sales', { name: 'Usual', currency: 'EUR' });
  expect((await shop.client.look(usual.body.saleId)).holdsBeforeWait).toBe(3);
});
