import { expect, test } from 'vitest';
import { type Attempt, openTarget } from '#tests/api/hostile-attack.ts';
import { SEGMENTS } from '#tests/api/hostile-corpus.ts';
import { failuresIn } from '#tests/support/failures.ts';

const target = openTarget();

test('no address takes an id of a wrong form, encoded or not', async () => {
  const line = JSON.stringify({ productId: target.productId, quantity: 1 });
  const addresses: [method: string, path: (id: string) => string, raw?: string][] = [
    ['GET', (id) => `/api/cart/${id}`],
    ['PATCH', (id) => `/api/cart/${id}`, line],
    ['GET', (id) => `/api/orders/${id}`],
    ['POST', (id) => `/api/orders/${id}/cancel`],
    ['GET', (id) => `/api/orders/${id}/receipt`],
    ['PUT', (id) => `/api/orders/${id}/delivery`, '{}'],
    ['GET', (id) => `/api/orders/0b8f7c1e-5a43-4f0e-9d0a-0123456789ab/receipt?secret=${id}`],
    ['POST', (id) => `/api/orders/${id}/extend`],
    ['GET', (id) => `/api/sales/${id}`],
    ['PATCH', (id) => `/api/sales/${id}`, '{"paused":true}'],
    ['GET', (id) => `/api/sales/${id}/events`],
    ['GET', (id) => `/api/${id}`],
    ['POST', (id) => `/api/nothing/${id}`],
  ];
  await target.attack(
    addresses.flatMap(([method, path, raw]) =>
      SEGMENTS.map((id): Attempt => [`${method} ${path(id)}`, () => target.send({ method, path: path(id) }, raw)]),
    ),
  );
});

test('no query string makes a list fail or anything change', async () => {
  const lists = [
    '/api/products',
    '/api/sales',
    '/api/orders',
    '/api/token',
    '/api/ready',
    '/api/metrics',
    '/api/health',
  ];
  const names = [
    'limit',
    'offset',
    'before',
    'saleId',
    'limit[$ne]',
    'saleId[$gt]',
    '__proto__',
    '__proto__[x]',
    'constructor.prototype.x',
    '$where',
    'a',
  ];
  const values = [
    ...[
      '',
      '-1',
      '0',
      '1.5',
      '1e309',
      'NaN',
      '[]',
      '{}',
      '[object%20Object]',
      '$ne',
      '%00',
      '%ff',
      '%zz',
      '%',
      '%F0%9F%98%80',
    ],
    ...['9'.repeat(400), 'x'.repeat(6_000), '2020-02-30T00:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
  ];
  const queries = names
    .flatMap((name) => values.map((value) => `${name}=${value}`))
    .concat('&&&', '=', '?', 'limit=1&limit=-1', 'a=1&'.repeat(2_000));
  await target.attack(
    lists.flatMap((path) =>
      queries.map(
        (query): Attempt => [`GET ${path}?${query}`, () => target.send({ method: 'GET', path: `${path}?${query}` })],
      ),
    ),
    'answers too',
  );
});

test('no header lets a wrong request through', async () => {
  const headers: Record<string, string>[] = [
    ...['', ' ', 'a b', 'a\tb', 'é', 'x'.repeat(256), 'x'.repeat(10_000)].map((key) => ({ 'idempotency-key': key })),
    ...['', 'text/plain', 'application/json, text/plain', 'x'.repeat(8_000), '/json'].map((type) => ({
      'content-type': type,
    })),
    ...['null', '', 'https://evil.example', 'x'.repeat(5_000), '*'].map((origin) => ({ origin })),
    ...['a b', 'x@y', '[', 'a:b:c', '<'].map((host) => ({ host })),
    { 'sec-fetch-site': 'cross-site' },
  ];
  const taking = target.calls.filter(({ path, body }) => !path.endsWith('/webhook') && Object.keys(body).length > 0);
  await target.attack(
    taking.flatMap((call) =>
      headers.map(
        (one): Attempt => [
          `${call.method} ${call.path} ${JSON.stringify(one)}`,
          () => target.send(call, JSON.stringify(call.body), one),
        ],
      ),
    ),
  );
});

test('no header makes a stranger the merchant', async () => {
  const tricks: Record<string, string>[] = [
    { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost', forwarded: 'for=127.0.0.1;host=localhost' },
    { 'x-http-method-override': 'GET', 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health' },
    { cookie: 'holdfast-admin=1.a; __Host-holdfast-admin=1.a; next-auth.session-token=a' },
    { cookie: target.shopper.cookie.replace('guest=', 'admin=') },
    ...[
      'Bearer null',
      'Bearer undefined',
      'Bearer true',
      'Bearer *',
      `Bearer ${'x'.repeat(500)}`,
      `Bearer ${'x'.repeat(8_000)}`,
      'Digest a',
    ].map((authorization) => ({ authorization })),
  ];
  const merchant = target.calls.filter(({ path }) => /\/api\/(product|sales)/.test(path));
  await target.attack(
    tricks.flatMap((headers) =>
      [...merchant, { method: 'GET', path: '/api/token', body: undefined }].map(
        ({ method, path, body }): Attempt => [
          `${method} ${path} ${JSON.stringify(headers)}`,
          async () => {
            const answer = await target.shop.client.shopper().call(method, path, { body, headers });
            if (answer.status !== 401) throw new Error(`answered ${answer.status}`);
            return answer;
          },
        ],
      ),
    ),
  );
});

test('after all of it nothing has failed inside, and an honest shopper still buys', async () => {
  expect(target.sent).toBeGreaterThan(2_000);
  expect(failuresIn(target.shop.web.output())).toEqual([]);
  const honest = target.shop.client.shopper();
  const { body } = await honest.buyNow([{ productId: target.productId, quantity: 1 }]);
  expect(await honest.pay(body.orderId)).toMatchObject({ status: 200, body: { status: 'PAID' } });
});
