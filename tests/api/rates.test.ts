import { randomUUID } from 'node:crypto';
import { get } from 'node:http';
import { expect, test } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { RATES } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { member, signIn } from '#tests/support/accounts.ts';
import type { Answer } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

/** Behind one proxy, so that a test can come from any address. */
const shop = openShop({ env: { RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' } });
let made = 0;
const address = () => `198.51.${100 + (++made >> 8)}.${made & 255}`;
const from = (ip: string) => ({ 'x-forwarded-for': ip });
const admin = { authorization: `Bearer ${process.env.ADMIN_API_KEY}` };

function expectLimited(answer: Answer, name: string): void {
  expectProblem(answer, 429, 'TOO_MANY_REQUESTS');
  const { 'retry-after': after, ratelimit, 'ratelimit-policy': policy } = answer.headers;
  expect(Number(after)).toBeGreaterThan(0);
  expect(ratelimit).toBe(`"${name}";r=0;t=${after}`);
  expect(policy).toMatch(new RegExp(`^"${name}";q=\\d+;w=\\d+$`));
}

test('who checks out again and again is told to wait; the neighbour at the same address is not', async () => {
  const { productIds } = await shop.client.sale({ units: [RATES.checkout.customer.points + 10] });
  const office = from(address());
  const body = { items: [{ productId: productIds[0]!, quantity: 1 }] };
  const busy = shop.client.shopper();
  for (let i = 0; i < RATES.checkout.customer.points + 1; i++) {
    expect(await busy.call('POST', '/api/checkout', { body, headers: office })).toMatchObject({ status: 201 });
  } // the first call had no cookie: it counts for the address alone
  expectLimited(await busy.call('POST', '/api/checkout', { body, headers: office }), 'checkout-customer');
  expectLimited(await busy.call('POST', '/api/checkout', { body, headers: from(address()) }), 'checkout-customer');
  const neighbour = shop.client.shopper();
  expect(await neighbour.call('POST', '/api/checkout', { body, headers: office })).toMatchObject({ status: 201 });
});

test('who must wait costs the neighbours at the address no point, and is not looked up again', async () => {
  const headers = from(address());
  const busy = await member(shop.client);
  const change = () => busy.call('POST', '/api/account/password', { body: {}, headers });
  const { customer, address: office } = RATES.account;
  for (let i = 0; i < customer.points; i++) expectProblem(await change(), 400, 'INVALID_REQUEST', { field: 'current' });
  const looked = await looks();
  const shared = office.points / 10; // more are told to Redis
  for (let i = 0; i < shared; i++) expectLimited(await change(), 'account-customer');
  expect(await shop.redis.keys(`${keys.rate('account-address')}:${headers['x-forwarded-for']}`)).toEqual([]);
  expect((await looks()) - looked).toBeLessThan(shared / 10);

  /** How often the accounts were read. */
  async function looks(): Promise<number> {
    const [stats] = await shop.mongo
      .collection('users')
      .aggregate([{ $collStats: { latencyStats: {} } }])
      .toArray();
    return Number(stats!.latencyStats.reads.ops);
  }
});

test('an account’s export has the few points of what an account does about itself, not those of reading', async () => {
  const owner = await member(shop.client);
  const ask = () => owner.call('GET', '/api/account/export', { headers: from(address()) });
  for (let i = 0; i < RATES.account.customer.points; i++) expect((await ask()).status).toBe(200);
  expectLimited(await ask(), 'account-customer');
  expect((await owner.call('GET', '/api/orders')).status).toBe(200);
});

test('who signs in again and again with the right password is told to wait, there and at once', async () => {
  const owner = await member(shop.client);
  const home = { headers: from(address()) };
  const { points } = RATES.signIn.customer;
  for (let i = 0; i < points; i++) expect((await signIn(shop.client.shopper(), owner.who, home)).status).toBe(200);
  expectLimited(await signIn(shop.client.shopper(), owner.who, home), 'password');
  const elsewhere = { headers: from(address()) };
  expect((await signIn(shop.client.shopper(), owner.who, elsewhere)).status).toBe(200);
});

test('a thousand shoppers behind one address all get a hold within the minute', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [1_000] });
  const office = from(address());
  const body = { items: [{ productId: productIds[0]!, quantity: 1 }] };
  const refused: Answer[] = [];
  const waiting = Array.from({ length: 1_000 }).values();
  const one = async () => {
    for (const _ of waiting) {
      const held = await shop.client.shopper().call('POST', '/api/checkout', { body, headers: office });
      if (held.status !== 201) refused.push(held);
    }
  };
  await Promise.all(Array.from({ length: 50 }, one));
  expect(refused).toEqual([]);
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 1_000 });
});

test('who has read too much can still check out', async () => {
  const { productIds } = await shop.client.sale({ units: [1] });
  const headers = from(address());
  const reader = shop.client.shopper();
  await reader.call('POST', '/api/cart', { headers });
  const read = () => reader.call('GET', '/api/orders', { headers });
  for (let i = 0; i < RATES.read.customer.points; i++) await read();
  expectLimited(await read(), 'read-customer');
  const body = { items: [{ productId: productIds[0]!, quantity: 1 }] };
  expect(await reader.call('POST', '/api/checkout', { body, headers })).toMatchObject({ status: 201 });
});

test('a guesser of admin keys is not heard any more, not even with the right one, at any door, whatever address it forges', async () => {
  const mine = address();
  const tries = [
    (key: string, ip: string) => shop.client.shopper().call('GET', '/api/token', guess(key, ip)),
    (key: string, ip: string) => shop.client.shopper().call('POST', '/api/product', guess(key, ip, {})),
    (key: string, ip: string) => shop.client.shopper().call('GET', '/api/orders', guess(key, ip)),
  ];
  const guess = (key: string, ip: string, body?: object) => ({
    ...(body ? { body } : {}),
    headers: {
      authorization: `Bearer ${key}`,
      'x-holdfast-address': randomUUID(),
      'x-real-ip': '6.6.6.6',
      ...from(ip),
    },
  });
  for (let i = 0; i < RATES.guess.address.points; i++) {
    const { status } = await tries[i % tries.length]!(`guess-${i}`, `203.0.113.${i}, ${mine}`);
    expect([200, 401]).toContain(status); // GET /api/orders answers a nobody with no orders
  }
  for (const [i, attempt] of tries.entries()) {
    expectLimited(await attempt(process.env.ADMIN_API_KEY!, `203.0.113.${i}, ${mine}`), 'guess-address');
  }
  expect(
    await shop.client.shopper().call('GET', '/api/token', { headers: { ...admin, ...from(address()) } }),
  ).toMatchObject({ status: 200 });
});

test('without a trusted proxy no X-Forwarded-For makes two callers of one, and the log says that a proxy is there', async () => {
  const web = await shop.floor.web({ TRUSTED_PROXY_HOPS: '0', LOG_LEVEL: 'warn' });
  const statuses: number[] = [];
  for (let i = 0; i < RATES.guess.address.points + 200; i++) {
    const headers = {
      authorization: `Bearer guess-${i}`,
      'x-holdfast-address': `10.0.0.${i}`,
      ...from(`203.0.113.${i % 256}`),
    };
    const path = i % 2 === 0 ? '/api/token' : '/api/product'; // one door each
    statuses.push((await web.client.shopper().call(i % 2 === 0 ? 'GET' : 'POST', path, { headers })).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(RATES.guess.address.points);
  expect(statuses.filter((status) => status === 429)).toHaveLength(200);
  expect(web.output().match(/TRUSTED_PROXY_HOPS/g)).toHaveLength(1);
  await web.stop();
});

test('pages have a limit of their own, which the files of a page and calls of the API do not touch', async () => {
  const mine = address();
  await shop.redis.set(`${keys.rate('page-address')}:${mine}`, RATES.page.address.points, 'EX', 60); // spent at another process
  const page = () => shop.client.shopper().call('GET', '/cart', { headers: from(mine) });
  const limited = await until(
    async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, page));
      return answers.find(({ status }) => status === 429);
    },
    { what: 'the process has heard of what was spent elsewhere' },
  );
  expectLimited(limited, 'page-address');
  expect((await shop.client.shopper().call('GET', '/api/products', { headers: from(mine) })).status).toBe(200);
  expect((await shop.client.shopper().call('GET', '/art/default.svg', { headers: from(mine) })).status).not.toBe(429);
  expect((await shop.client.shopper().call('GET', '/cart', { headers: from(address()) })).status).toBe(200);
});

test('what Next answers is limited before it, be it a page or a file; no call of the API gets as far as Next', async () => {
  const mine = address();
  await shop.redis.set(`${keys.rate('file-address')}:${mine}`, RATES.file.address.points, 'EX', 60);
  const file = () => shop.client.shopper().call('GET', '/art/nothing.svg', { headers: from(mine) });
  const limited = await until(
    async () => (await Promise.all(Array.from({ length: 500 }, file))).find(({ status }) => status === 429),
    { what: 'the process has heard of what was spent elsewhere' },
  );
  expectLimited(limited, 'file-address');
  for (const path of ['/api/nothing', '/api/', '/api//cart', '/api/cart//', '/api/x/y/z/', '/api/auth/a/b/c'])
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expectProblem(await shop.client.shopper().call(method, path, { headers: from(mine) }), 404, 'NOT_FOUND');
});

test('however many ask whether the shop is ready, there is one look at a time', async () => {
  const before = await looks();
  const ask = () => shop.client.shopper().call('GET', '/api/ready', { headers: from(address()) });
  const answers = await Promise.all(Array.from({ length: 400 }, ask));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await looks()) - before).toBeLessThan(answers.length / 2);

  async function looks() {
    return Number(/cmdstat_zrange:calls=(\d+)/.exec(await shop.redis.info('commandstats'))?.[1] ?? 0);
  }
});

test('a customer has only so many live streams at a time, and gets another when one is closed', async () => {
  const { saleId } = await shop.client.sale();
  const me = shop.client.shopper();
  await me.call('POST', '/api/cart');
  const watch = () =>
    new Promise<{ status: number; stop(): void }>((resolve, reject) => {
      const headers = { cookie: me.cookie, ...from(address()) };
      const request = get(`${shop.web.url}/api/sales/${saleId}/events`, { agent: false, headers }, (answer) => {
        answer.on('error', () => {});
        answer.resume();
        resolve({ status: answer.statusCode ?? 0, stop: () => request.destroy() });
      });
      request.on('error', reject);
    });
  const open = await Promise.all(Array.from({ length: LIMITS.sseClientsPerCustomer }, watch));
  expect(open.map(({ status }) => status)).toEqual(open.map(() => 200));
  const refused = await me.call('GET', `/api/sales/${saleId}/events`);
  expectLimited(refused, 'open-customer');
  open[0]!.stop();
  const again = await until(
    async () => {
      const one = await watch();
      return one.status === 200 ? one : undefined;
    },
    { what: 'a stream is free again' },
  );
  for (const one of [...open, again]) one.stop();
});

test('a Redis that hangs delays nobody whose call does not need it, and limits still hold', async () => {
  shop.floor.redis.process.kill('SIGSTOP');
  try {
    const mine = address();
    const began = performance.now();
    const statuses: number[] = [];
    for (let i = 0; i < RATES.guess.address.points + 5; i++) {
      statuses.push(
        (
          await shop.client
            .shopper()
            .call('GET', '/api/health', { headers: { authorization: `Bearer x${i}`, ...from(mine) } })
        ).status,
      );
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect(performance.now() - began, 'no call has waited for Redis').toBeLessThan(LIMITS.redisCommandMs * 5);
  } finally {
    shop.floor.redis.process.kill('SIGCONT');
  }
});
