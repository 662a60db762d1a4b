import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';
import { signIn, signUp, somebody } from '#tests/support/accounts.ts';

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

test('the files that a page is made of come compressed and for good, with the headers of a page', async () => {
  const text = await (await fetch(`${shop.web.url}/cart`)).text();
  const files = [...text.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+\.(?:js|css))"/g)].map((found) => found[1]!);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const { status, headers } = await fetch(new URL(file, shop.web.url), { headers: { 'accept-encoding': 'br' } });
    expect([file, status, Object.fromEntries(headers)]).toEqual([
      file,
      200,
      expect.objectContaining({
        'content-encoding': 'br',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      }),
    ]);
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

/** Of app/(guarded), so that none is forgotten when another comes. */
const GUARDED = readdirSync('app/(guarded)/[lang]', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('/page.tsx'))
  .map((file) => file.split('/').at(-2)!);

test('each look at the back room or a page for passwords has a nonce of its own on all of its scripts, and no client chooses one', async () => {
  const who = somebody();
  const viewer = shop.client.shopper();
  await signUp(viewer, who);
  await shop.mongo.collection('users').updateOne({ email: who.email }, { $set: { role: 'viewer' } });
  expect(await signIn(viewer, who)).toMatchObject({ status: 200 });
  const nonces: string[] = [];
  const chosen = { 'content-security-policy': "script-src 'nonce-chosen'", 'x-holdfast-nonce': 'chosen' };
  expect(GUARDED.toSorted()).toEqual(['account', 'admin', 'signin', 'signup']);
  const paths = [...GUARDED.map((name) => `/${name}`), '/admin?sale=x', '/signin?next=%2Fadmin', '/admin'];
  for (const path of paths) {
    const { status, headers, body } = await viewer.call<string>('GET', path, { headers: chosen });
    expect(status).toBe(200);
    const scripts = /script-src ([^;]*)/.exec(String(headers['content-security-policy']))![1]!;
    const nonce = /^'self' 'nonce-([\w+/=]{24})' 'strict-dynamic'$/.exec(scripts)?.[1];
    expect([scripts, nonce]).toEqual([scripts, expect.any(String)]);
    nonces.push(nonce!);
    const scriptTags = [...body.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    const runs = scriptTags.filter((tag) => !tag.includes('type="text/plain"')); // no browser runs that
    expect(runs.length).toBeGreaterThan(5);
    expect(runs.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(body).not.toContain('chosen');
    expect([path, headers['cache-control']]).toEqual([path, expect.stringContaining('no-store')]);
  }
  expect(new Set(nonces).size).toBe(paths.length);
  for (const path of ['/%61dmin', '/admin/', '//admin', '/signi%6e', '/account/'])
    expect((await viewer.call('GET', path)).headers['content-security-policy']).toContain("'strict-dynamic'");
  for (const path of ['/cart', '/sales/nobody-has-asked-for-it']) {
    const page = await shop.client.shopper().call('GET', path, { headers: chosen });
    expect(page.headers['content-security-policy']).not.toContain('nonce');
    expect(page.body).not.toContain('chosen');
  }
});
