import { expect, test } from 'vitest';
import type { OneSaleAnswer, ProductsAnswer, SalesAnswer } from '#lib/contract.ts';
import { expectProblem, openShop, redisNow } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

test('a sale page shows what is free, in checkouts and sold, and the three always add up', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5], price: 1_250, limitPerCustomer: 4 });
  const buyer = shop.client.shopper();
  const paid = await buyer.buyNow([{ productId: productIds[0]!, quantity: 2 }]);
  await buyer.pay(paid.body.orderId);
  await buyer.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  expect(await shop.client.look(saleId)).toEqual({
    saleId,
    name: 'A sale',
    description: '',
    currency: 'EUR',
    taxBasisPoints: 0,
    ships: false,
    accountsOnly: false,
    opensAt: null,
    closesAt: null,
    holdSeconds: 60,
    extendSeconds: 60,
    holdsBeforeWait: 0,
    state: 'open',
    products: [
      {
        productId: productIds[0],
        saleId,
        name: 'Product 0',
        description: '',
        art: 'default',
        price: 1_250,
        currency: 'EUR',
        limitPerCustomer: 4,
        available: 2,
        held: 1,
        sold: 2,
        minted: 5,
      },
    ],
    serverTime: expect.any(String),
  });
});

test('every list of the catalog carries the time of the server that keeps the holds', async () => {
  const { saleId } = await shop.client.sale();
  for (const path of ['/api/products', '/api/sales', `/api/sales/${saleId}`]) {
    const before = await redisNow(shop.redis);
    const { body } = await shop.client.shopper().call<{ serverTime: string }>('GET', path);
    const after = await redisNow(shop.redis);
    const serverMs = Date.parse(body.serverTime);
    expect(serverMs).toBeGreaterThanOrEqual(Math.floor(before));
    expect(serverMs).toBeLessThanOrEqual(after + (after - before) + 1); // it counts the way to Redis as passed
  }
});

test('a shopper sees at a glance whether a sale is still to come, open, paused or over', async () => {
  const upcoming = await shop.client.sale({ opensAt: inAnHour() });
  const closed = await shop.client.sale({ opensAt: anHourAgo(), closesAt: new Date(Date.now() - 1_000).toISOString() });
  const paused = await shop.client.sale();
  await shop.client.admin('PATCH', `/api/sales/${paused.saleId}`, { paused: true });
  expect((await shop.client.look(upcoming.saleId)).state).toBe('upcoming');
  expect((await shop.client.look(closed.saleId)).state).toBe('closed');
  expect((await shop.client.look(paused.saleId)).state).toBe('paused');
});

test('what can be bought comes first in the list of sales, then what is coming, and last what is over; pages fit together', async () => {
  const made = async (options: object) => (await shop.client.sale(options)).saleId;
  const older = await made({});
  const late = await made({ opensAt: new Date(Date.now() + 7_200_000).toISOString() });
  const soon = await made({ opensAt: inAnHour() });
  const newer = await made({ opensAt: anHourAgo() });
  const over = await made({ opensAt: anHourAgo(), closesAt: new Date(Date.now() - 1_000).toISOString() });
  const ids = async (query: string) => {
    const { body } = await shop.client.shopper().call<SalesAnswer>('GET', `/api/sales?${query}`);
    return body.sales.map(({ saleId }) => saleId);
  };
  const mine = [newer, older, soon, late, over];
  const all = await ids('limit=1000');
  expect(all.filter((id) => mine.includes(id))).toEqual(mine);
  const everyday = all.indexOf('everyday');
  if (everyday >= 0) expect(everyday).toBeLessThan(all.indexOf(soon));
  const paged: string[] = [];
  for (let offset = 0; offset < all.length; offset += 2) paged.push(...(await ids(`limit=2&offset=${offset}`)));
  expect(paged).toEqual(all);
});

test('a sale whose stock is being restored says so, never "sold out", and comes back by itself', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [3] });
  const path = `/api/sales/${saleId}`;
  await shop.redis.del(`sale:{${saleId}}`);
  const during = await shop.client.shopper().call<OneSaleAnswer>('GET', path);
  expect(during.body).toMatchObject({
    state: 'restoring',
    products: [{ productId: productIds[0], available: null, held: null, sold: null, minted: 3 }],
  });
  const after = await until(
    async () => {
      const { body } = await shop.client.shopper().call<OneSaleAnswer>('GET', path);
      return body.state === 'open' ? body : undefined;
    },
    { what: 'the sale is restored' },
  );
  expect(after.products[0]).toMatchObject({ available: 3, held: 0, sold: 0 });
});

test('the lists of sales and products begin with the newest sale and can be read page by page', async () => {
  const older = await shop.client.sale({ units: [1, 1] });
  const newer = await shop.client.sale({ units: [1, 1] });
  const sales = async (query: string) =>
    (await shop.client.shopper().call<SalesAnswer>('GET', `/api/sales${query}`)).body.sales;
  expect((await sales('?limit=2')).map(({ saleId }) => saleId)).toEqual([newer.saleId, older.saleId]);
  expect((await sales('?limit=1&offset=1')).map(({ saleId }) => saleId)).toEqual([older.saleId]);
  const products = async (query: string) =>
    (await shop.client.shopper().call<ProductsAnswer>('GET', `/api/products${query}`)).body.products.map(
      ({ productId }) => productId,
    );
  expect(await products('?limit=3')).toEqual([...newer.productIds, older.productIds[0]]);
  expect(await products('?limit=2&offset=2')).toEqual(older.productIds);
  expect(await products(`?saleId=${older.saleId}`)).toEqual(older.productIds);
  expect(await products('?saleId=no-such-sale')).toEqual([]);
});

test('a page of products looks at the sales that it shows, and at no other', async () => {
  const sales = [];
  for (let i = 0; i < 12; i++) sales.push(await shop.client.sale({ units: [1] }));
  const page = async (offset: number) =>
    (await shop.client.shopper().call<ProductsAnswer>('GET', `/api/products?limit=1&offset=${offset}`)).body.products;
  expect((await page(3))[0]!.productId).toBe(sales.at(-4)!.productIds[0]);
  const before = await scripts();
  for (let i = 0; i < 20; i++) expect(await page(i % 12)).toHaveLength(1);
  expect((await scripts()) - before).toBeLessThan((20 * sales.length) / 2);

  async function scripts() {
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await shop.redis.info('commandstats'))?.[1] ?? 0);
  }
});

test('a page size that makes no sense is refused, and the field is named', async () => {
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=many', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=1e400', 'offset'],
    ['saleId=A%20sale', 'saleId'],
  ]) {
    expectProblem(await shop.client.shopper().call('GET', `/api/products?${query}`), 400, 'INVALID_REQUEST', { field });
  }
});

test('a sale that does not exist is not found, whatever its name looks like', async () => {
  for (const id of ['no-such-sale', 'UPPER', '..%2f', '%00', 'x'.repeat(65), 'everyday%7D']) {
    expectProblem(await shop.client.shopper().call('GET', `/api/sales/${id}`), 404, 'NOT_FOUND');
    expectProblem(await shop.client.shopper().call('GET', `/api/sales/${id}/events`), 404, 'NOT_FOUND');
  }
});

test('the operator can ask whether the process lives, whether it can sell, and what it counts', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [7] });
  const stranger = shop.client.shopper();
  expect(await stranger.call('GET', '/api/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await stranger.call('GET', '/api/ready')).toMatchObject({
    status: 200,
    body: { status: 'degraded', worker: { silentMs: null } },
  });
  const metrics = await stranger.call<string>('GET', '/api/metrics');
  expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
  expect(metrics.body).toContain(`holdfast_units{sale="${saleId}",product="${productIds[0]}",state="free"} 7`);
  expect(metrics.body).toMatch(/^process_resident_memory_bytes \d+$/m);
});
