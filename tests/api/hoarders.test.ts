import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { RATES } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import type { Answer } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
const tally = (answers: Answer<object>[]) =>
  Object.groupBy(answers, ({ status, body }) => `${status} ${(body as { code?: string }).code ?? ''}`.trim());

test('one customer who asks a thousand times at once never holds more than the limit, under whatever keys', async () => {
  const LIMIT = 2;
  const { saleId, productIds } = await shop.client.sale({ units: [50], limitPerCustomer: LIMIT });
  const productId = productIds[0]!;
  const hoarder = shop.client.shopper();
  await hoarder.call('POST', '/api/cart');
  let most = 0;
  let over = false;
  const watching = (async () => {
    while (!over) most = Math.max(most, await shop.redis.hlen(keys.held(saleId, productId)));
  })();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) => hoarder.buyNow([{ productId, quantity: 1 }], i % 2 ? randomUUID() : '')),
  ).finally(() => {
    over = true;
    return watching;
  });
  const { 201: held = [], '409 LIMIT_REACHED': refused = [] } = tally(answers);
  expect([held.length, refused.length, most]).toEqual([LIMIT, 1_000 - LIMIT, LIMIT]);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 48, held: LIMIT });
});

test('what one address can hold in a minute are its checkouts, whatever guests it makes up; another address buys', async () => {
  const web = await shop.floor.web({ RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' });
  const { saleId, productIds } = await shop.client.sale({ units: [1, 10] });
  const [last, wanted] = productIds as [string, string];
  const hold = (productId: string, address: string) => {
    const headers = { 'x-forwarded-for': address };
    return web.client
      .shopper()
      .call('POST', '/api/checkout', { body: { items: [{ productId, quantity: 1 }] }, headers });
  };
  const spent = RATES.checkout.address.points - 100; // by guests of this address before these
  await shop.redis.set(`${keys.rate('checkout-address')}:198.51.100.9`, spent, 'EX', 60);
  const limited = await until(
    async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => hold(last, '198.51.100.9')));
      return answers.find(({ status }) => status === 429);
    },
    { what: 'the process has heard of what was spent elsewhere' },
  );
  expectProblem(limited, 429, 'TOO_MANY_REQUESTS');
  expect(limited.headers.ratelimit).toMatch(/^"checkout-address";r=0;t=\d+$/);
  for (let i = 0; i < 50; i++) expect((await hold(wanted, '198.51.100.9')).status).toBe(429);
  expect((await shop.client.look(saleId)).products[1]).toMatchObject({ available: 10, held: 0 });
  expect((await hold(wanted, '198.51.100.10')).status).toBe(201);
  await web.stop();
});
