import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';

const shop = openShop({ env: { NEXTAUTH_URL: 'https://shop.example' } });

test('every answer of both doors carries the security headers once, and none says what it is made of', async () => {
  const { saleId } = await shop.client.sale();
  const pages = ['/', '/cart', '/orders', '/admin', `/sales/${saleId}`, '/nothing-here', '/art/enamel-mug.svg'];
  const calls = [
    '/api/health',
    '/api/ready',
    '/api/token',
    '/api/nothing',
    '/api/products',
    '/api/orders/x',
    '/api/%zz',
  ];
  for (const path of [...pages, ...calls]) {
    const { headers } = await shop.client.shopper().call('GET', path);
    expect([path, headers]).toEqual([
      path,
      expect.objectContaining({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
        'content-security-policy': expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
        'referrer-policy': pages.includes(path) ? 'same-origin' : 'no-referrer',
      }),
    ]);
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers.server).toBeUndefined();
    if (pages.includes(path)) expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    if (calls.includes(path))
      expect([path, headers['cache-control']]).toEqual([path, expect.stringContaining('no-store')]);
  }
});

test('no word of a client comes back in a header, and a forged host is nowhere in a page', async () => {
  const raw = (request: string) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(shop.web.url).port), '127.0.0.1', () => socket.write(request));
      socket.on('data', (chunk: Buffer) => (text += chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  const targets = [
    '/',
    '/cart',
    '/sales/x%0d%0aSet-Cookie:%20evil=1',
    '/sales//evil.example',
    '//evil.example/',
    '/api/sales/x%0d%0aevil:1',
    '/cart/',
    '/\\evil.example',
  ];
  for (const target of targets) {
    const text = await raw(
      `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n`,
    );
    const head = text.slice(0, text.indexOf('\r\n\r\n'));
    expect([target, head]).toEqual([target, expect.stringMatching(/^HTTP\/1\.1 [2-4]/)]);
    expect(head).not.toMatch(/^(set-cookie: )?evil/im);
    const location = /^location: (.*)$/im.exec(head)?.[1];
    if (location) expect([target, location]).toEqual([target, expect.stringMatching(/^\/(?![/\\])/)]);
    if (target === '/' || target === '/cart') expect(text).not.toContain('evil.example');
  }
});

test('pages are only read: no server function is looked for, however a request asks for one', async () => {
  const asked: Record<string, string>[] = [
    { 'next-action': '7f'.repeat(20), 'content-type': 'text/plain;charset=UTF-8' },
    { 'next-action': 'x', 'content-type': 'multipart/form-data; boundary=b' },
    { 'content-type': 'multipart/form-data; boundary=b' },
    { rsc: '1', 'next-action': 'a'.repeat(42) },
  ];
  const part = (name: string, text: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const raw = `${part('0', '{"then":"$1:__proto__:then","status":"resolved_model","value":"{}","_response":{"_prefix":"process.exit()//"}}')}${part('1', '"$@0"')}--b--`;
  for (const path of ['/', '/cart', '/orders', '/nothing', '/_next/data/x.json']) {
    for (const headers of asked) {
      const answer = await shop.client.shopper().call('POST', path, { raw, headers });
      expect([path, answer.status, answer.headers.allow]).toEqual([path, 405, 'GET, HEAD']);
    }
  }
  expect((await shop.client.shopper().call('GET', '/api/health')).status).toBe(200);
  expect(shop.web.output()).not.toMatch(/Server Action|Error:/);
});
