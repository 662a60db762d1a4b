import { expect, test, vi } from 'vitest';
import type { CheckoutAnswer, ExtendAnswer, OrderAnswer, OrdersAnswer } from '#lib/contract.ts';
import { redisClock } from '#lib/http/views.ts';
import { openShop, redisNow } from '#tests/api/shop.ts';
import type { Answer } from '#tests/support/http.ts';

const shop = openShop();

interface Timed {
  expiresAt: string;
  expiresIn: number;
  serverTime: string;
}

/**
 * One answer against the clock that decides: its time lies between a look before and a look after (the way to Redis counts
 * as passed), and its seconds are whole and no more than were left when it was made.
 */
async function check<T>(
  saleId: string,
  ask: () => Promise<Answer<T>>,
  timed: (body: T) => Timed & { orderId?: string },
  orderId?: string,
): Promise<Answer<T>> {
  const before = await redisNow(shop.redis);
  const answer = await ask();
  const { expiresAt, expiresIn, serverTime, orderId: own } = timed(answer.body);
  const leftMs = await shop.redis.pttl(`timer:{${saleId}}:${orderId ?? own}`);
  const after = await redisNow(shop.redis);
  const serverMs = Date.parse(serverTime);
  expect(serverMs).toBeGreaterThanOrEqual(Math.floor(before));
  expect(serverMs).toBeLessThanOrEqual(after + (after - before) + 1);
  expect(expiresIn).toBe(Math.floor((Date.parse(expiresAt) - serverMs) / 1000));
  expect(expiresIn * 1000).toBeLessThanOrEqual(leftMs + (after - before));
  expect(await shop.redis.pexpiretime(`timer:{${saleId}}:${orderId ?? own}`)).toBe(Date.parse(expiresAt));
  return answer;
}

test('every page of a hold promises whole seconds, and never more than Redis has left for it', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [100], holdSeconds: 7, extendSeconds: 5 });
  for (let round = 0; round < 10; round++) {
    const shopper = shop.client.shopper();
    const items = [{ productId: productIds[0]!, quantity: 1 }];
    const { body } = await check<CheckoutAnswer>(
      saleId,
      () => shopper.buyNow(items, 'once'),
      (answer) => answer,
    );
    const { orderId } = body;
    await check<CheckoutAnswer>(
      saleId,
      () => shopper.buyNow(items, 'once'),
      (answer) => answer,
    );
    await check<OrderAnswer>(
      saleId,
      () => shopper.call('GET', `/api/orders/${orderId}`),
      (answer) => answer,
    );
    await check<OrdersAnswer>(
      saleId,
      () => shopper.call('GET', '/api/orders'),
      ({ orders, serverTime }) => ({ ...orders[0]!, serverTime }),
    );
    await check<ExtendAnswer>(
      saleId,
      () => shopper.call('POST', `/api/orders/${orderId}/extend`),
      (answer) => answer,
      orderId,
    );
    await check<OrderAnswer>(
      saleId,
      () => shopper.call('GET', `/api/orders/${orderId}`),
      (answer) => answer,
    );
  }
});

test('a hold of n seconds runs out n seconds after Redis took it, to the millisecond', async () => {
  const { saleId, productIds } = await shop.client.sale({ holdSeconds: 90 });
  const { body } = await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const [, fields] = (await shop.redis.xrevrange(`ledger:{${saleId}}`, '+', '-', 'COUNT', 1))[0]!;
  const entry = new Map(Array.from({ length: fields.length / 2 }, (_, i) => [fields[2 * i], fields[2 * i + 1]]));
  expect([entry.get('verb'), entry.get('order')]).toEqual(['reserve', body.orderId]);
  expect(Date.parse(body.expiresAt)).toBe(Number(entry.get('atMs')) + 90_000);
});

test('the server’s time on an order page is not behind Redis, even when Redis’s answer was long on its way', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValue(1_400);
  const { serverTime, until } = await redisClock({ redisNowMs: async () => 50_000 });
  clock.mockRestore();
  expect(Date.parse(serverTime)).toBe(50_400);
  expect([until(51_400), until(51_399), until(40_000)]).toEqual([1, 0, 0]);
});
