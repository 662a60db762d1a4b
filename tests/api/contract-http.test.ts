import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { percentile } from '#tests/support/calls.ts';

const shop = openShop();
/** How many times as long as the cheapest one the dearest broken body may take to be refused. */
const DEAREST = 20;
const UUID = '0b8f7c1e-5a43-4f0e-9d0a-0123456789ab';

/** Every address of the API with the methods that it has. */
const ADDRESSES: [path: string, methods: string[]][] = [
  ['/api/products', ['GET']],
  ['/api/sales', ['GET', 'POST']],
  ['/api/sales/everyday', ['GET', 'PATCH']],
  ['/api/sales/everyday/events', ['GET']],
  ['/api/cart', ['GET', 'POST']],
  ['/api/account', ['GET', 'POST']],
  ['/api/account/password', ['POST']],
  ['/api/account/delete', ['POST']],
  ['/api/cart/add', ['POST']],
  [`/api/cart/${UUID}`, ['GET', 'PATCH']],
  ['/api/checkout', ['POST']],
  ['/api/orders', ['GET']],
  [`/api/orders/${UUID}`, ['GET']],
  [`/api/orders/${UUID}/cancel`, ['POST']],
  [`/api/orders/${UUID}/extend`, ['POST']],
  [`/api/orders/${UUID}/capture`, ['POST']],
  [`/api/orders/${UUID}/capture/give-up`, ['POST']],
  [`/api/orders/${UUID}/refund`, ['POST']],
  ['/api/alarms', ['GET']],
  ['/api/alarms/x/close', ['POST']],
  ['/api/payment/start', ['POST']],
  ['/api/payment/success', ['POST']],
  ['/api/payment/fail', ['POST']],
  ['/api/payment/webhook', ['POST']],
  ['/api/product', ['POST']],
  ['/api/product/seed', ['POST']],
  ['/api/token', ['GET']],
  ['/api/health', ['GET']],
  ['/api/ready', ['GET']],
  ['/api/metrics', ['GET']],
];

/** Calls that take a JSON body, with one that a stranger could send. */
const WITH_BODY: [method: string, path: string][] = [
  ['POST', '/api/cart/add'],
  ['PATCH', `/api/cart/${UUID}`],
  ['POST', '/api/checkout'],
  ['POST', `/api/orders/${UUID}/cancel`],
  ['POST', '/api/payment/start'],
  ['POST', '/api/payment/success'],
  ['POST', '/api/sales'],
  ['PATCH', '/api/sales/everyday'],
  ['POST', '/api/product'],
  ['POST', '/api/product/seed'],
  ['POST', '/api/account'],
];

const admin = { authorization: `Bearer ${process.env.ADMIN_API_KEY}` };
const json = { 'content-type': 'application/json' };

/** What a socket gets to read after it has written `parts`, however long they are. */
function overTheWire(parts: (string | Buffer)[], until: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(shop.web.url).port), '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer: ${text}`)));
    socket.on('data', (chunk: Buffer) => {
      text += chunk;
      if (until(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

test('an address answers a method that it does not have with 405 and the ones that it has', async () => {
  for (const [path, methods] of ADDRESSES) {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((one) => !methods.includes(one))) {
      const answer = await shop.client.shopper().call(method, path, { headers: admin });
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect([path, method, String(answer.headers.allow).split(', ').sort()]).toEqual([path, method, methods]);
    }
    expectProblem(await shop.client.shopper().call('TRACE', path), 405, 'METHOD_NOT_ALLOWED');
  }
});

test('what can be read can be asked for its head', async () => {
  for (const [path, methods] of ADDRESSES) {
    const answer = await shop.client.shopper().call('HEAD', path, { headers: admin });
    const status = path.includes(UUID) && methods.includes('GET') ? 404 : methods.includes('GET') ? 200 : 405;
    expect([path, answer.status, answer.body]).toEqual([path, status, '']);
  }
});

test('an address that does not exist is a problem too, even when it cannot be decoded', async () => {
  for (const path of [
    '/api/nothing',
    '/api/cart/a/b/c',
    '/api/orders/x/pay',
    '/api/%zz',
    '/api/orders/%ff',
    '/api/cart/%00',
    '/api/token/..%2f',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await shop.client.shopper().call(method, path);
      expectProblem(answer, answer.status, answer.status === 405 ? 'METHOD_NOT_ALLOWED' : 'NOT_FOUND');
      expect([404, 405]).toContain(answer.status);
    }
  }
});

test('a body that is not JSON by its own words is refused with 415', async () => {
  const raw = '{}';
  for (const [method, path] of WITH_BODY) {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/jsonp',
      '',
    ]) {
      const answer = await shop.client
        .shopper()
        .call(method, path, { raw, headers: { ...admin, 'content-type': type } });
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    const utf8 = await shop.client
      .shopper()
      .call(method, path, { raw, headers: { ...admin, 'content-type': 'Application/JSON; charset=utf-8' } });
    expect([path, utf8.status]).not.toEqual([path, 415]);
  }
});

test('a body that is no JSON, not UTF-8, too deep or ambiguous is refused with 400', async () => {
  const bodies: (string | Buffer)[] = [
    '{',
    '{"a":1,}',
    "{'a':1}",
    'undefined',
    '{"a":NaN}',
    '\u0000',
    '[1',
    'nul',
    '{"a":"\t"}',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from([0xfe, 0xff, 0x00, 0x7b]),
    Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'),
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    '['.repeat(60_000),
    '{"quantity":1,"quantity":2}',
    '{"a":{"b":1,"b":1}}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":2}',
  ];
  const tookMs = bodies.map(() => [] as number[]);
  for (const [method, path] of WITH_BODY) {
    for (const [i, raw] of bodies.entries()) {
      const started = performance.now();
      expectProblem(
        await shop.client.shopper().call(method, path, { raw, headers: { ...admin, ...json } }),
        400,
        'INVALID_JSON',
      );
      tookMs[i]!.push(performance.now() - started);
    }
  }
  const usual = tookMs.map((took) => percentile(took, 0.5));
  expect(Math.max(...usual), 'ms for the dearest body to refuse').toBeLessThan(DEAREST * Math.min(...usual));
});

test('names that only look repeated are no reason to refuse a body', async () => {
  const { productIds } = await shop.client.sale();
  const name = 'a "quoted": name \\ "x": with colons';
  const body = { name, price: 1, description: '{"a":1,"a":2}' };
  expect(await shop.client.admin('POST', '/api/product', body)).toMatchObject({ status: 201 });
  const items = [
    { productId: productIds[0]!, quantity: 1 },
    { productId: productIds[0]!, quantity: 2 },
  ];
  expect(await shop.client.shopper().buyNow(items)).toMatchObject({ status: 201 });
});

test('a body over 64 kB is refused, whether its length is announced or not, and the connection can be used again', async () => {
  const health = 'GET /api/health HTTP/1.1\r\nHost: shop\r\n\r\n';
  for (const path of ['/api/cart', '/api/checkout', '/api/product', '/api/payment/webhook']) {
    const head = `POST ${path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nAuthorization: ${admin.authorization}\r\n`;
    for (const bytes of [64 * 1024 + 1, 10_000_000]) {
      const body = Buffer.alloc(bytes, ' ');
      const announced = [`${head}Content-Length: ${bytes}\r\n\r\n`, body, health];
      const chunked = [
        `${head}Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`,
        body,
        '\r\n0\r\n\r\n',
        health,
      ];
      for (const parts of [announced, chunked]) {
        const text = await overTheWire(parts, (read) => read.includes('"ok"'));
        expect(text).toMatch(/^HTTP\/1\.1 413 /);
        expect(text).toContain('"code":"BODY_TOO_LARGE"');
        expect(text).toContain('{"status":"ok"}');
      }
    }
  }
  const just = `{"name":"${'x'.repeat(64 * 1024 - 11)}"}`;
  expect(Buffer.byteLength(just)).toBe(64 * 1024);
  expectProblem(
    await shop.client.shopper().call('POST', '/api/product', { raw: just, headers: admin }),
    400,
    'INVALID_REQUEST',
    { field: 'name' },
  );
});

test('a call that is refused before its body is read leaves the connection usable', async () => {
  const body = `{"cartId":"${'x'.repeat(60_000)}"}`;
  for (const [line, more] of [
    ['POST /api/sales', ''],
    ['POST /api/cart/add', 'Origin: https://evil.example\r\n'],
    ['PUT /api/cart', ''],
    ['POST /api/nothing', ''],
  ]) {
    const head = `${line} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${more}Content-Length: ${body.length}\r\n\r\n`;
    const text = await overTheWire([head, body, 'GET /api/health HTTP/1.1\r\nHost: shop\r\n\r\n'], (read) =>
      read.includes('"ok"'),
    );
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).toContain('{"status":"ok"}');
  }
});

test('what is no proper HTTP request is answered with a problem and hung up on', async () => {
  const cases: [request: string, status: number][] = [
    ['HELLO\r\n\r\n', 400],
    ['GET /api/health HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n', 400],
    [`GET /api/health HTTP/1.1\r\nHost: x\r\nCookie: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['POST /api/cart HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['POST /api/cart HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
    ['GET http://evil.example/api/orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['GET /api/orders HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['GET /api/orders HTTP/1.1\r\nHost: x:y@z\r\nConnection: close\r\n\r\n', 400],
  ];
  for (const [request, status] of cases) {
    const text = await overTheWire([request], () => false);
    const [head, body] = text.split('\r\n\r\n') as [string, string];
    expect([request.slice(0, 80), head.split(' ')[1]]).toEqual([request.slice(0, 80), String(status)]);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({
      type: 'about:blank',
      title: expect.any(String),
      status,
      code: 'INVALID_REQUEST',
    });
  }
});

test('an idempotency key has 1 to 255 printable characters, anything else is refused before it counts', async () => {
  const call = (key: string) =>
    shop.client.shopper().call('POST', '/api/cart', { headers: { 'idempotency-key': key } });
  for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'x'.repeat(8_000), 'é', 'a, b']) {
    expectProblem(await call(key), 400, 'INVALID_REQUEST', { field: 'Idempotency-Key' });
  }
  expect((await call('x'.repeat(255))).status).toBe(201);
  expect((await call('{everyday}:$ne:__proto__')).status).toBe(201);
});
