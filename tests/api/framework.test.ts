import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import { exchangeRaw } from '#tests/support/wire.ts';

// What is published against the framework that the pages are made with.

const shop = openShop({ env: {} });
const dir = mkdtempSync(join(tmpdir(), 'holdfast-framework-'));
const PAGES = [
  '/',
  '/cart',
  '/orders',
  '/signin',
  '/admin',
  '/en',
  '/nothing-here',
  '/sales/x',
  '/_next/image',
  '/art/default.svg',
];
const CALLS = ['/api/checkout', '/api/cart', '/api/payment/webhook', '/api/auth/callback/credentials', '/api/nothing'];

/** An inner server of the network, which nobody outside may reach through the shop. */
const asked: string[] = [];
const inner = createServer((req, res) => {
  asked.push(req.url ?? '');
  res.setHeader('content-type', 'image/png').end('inner secret');
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  ({ port } = inner.address() as AddressInfo);
});
afterAll(() => {
  inner.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The proof of CVE-2025-55182 as published: a chunk that makes itself the response and runs its prefix. */
function proof(command: string): string {
  const chunk = {
    // biome-ignore lint/suspicious/noThenProperty: it is the attack
    then: '$1:__proto__:then',
    status: 'resolved_model',
    reason: -1,
    value: '{"then":"$B1337"}',
    _response: {
      _prefix: `${command};`,
      _chunks: '$Q2',
      _formData: { get: '$1:constructor:constructor' },
    },
  };
  const part = (name: string, text: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  return `${part('0', JSON.stringify(chunk))}${part('1', '"$@0"')}${part('2', '[]')}--b--\r\n`;
}

test('the published proof against server functions runs nothing, at no address, in no way of sending it', async () => {
  const { saleId } = await shop.client.sale();
  const mark = join(dir, 'ran');
  const commands = [
    `process.mainModule.require('child_process').execSync('touch ${mark}')`,
    `process.getBuiltinModule('node:fs').writeFileSync('${mark}','')`,
    "throw Object.assign(new Error('NEXT_REDIRECT'),{digest:'NEXT_REDIRECT;push;/proof;307;'})",
  ];
  const ways: Record<string, string>[] = [
    { 'next-action': 'x' },
    { 'next-action': '7f'.repeat(21), rsc: '1', 'next-router-state-tree': '%5B%22%22%5D' },
    { 'next-action': 'x', 'x-http-method-override': 'GET', 'x-middleware-subrequest': 'middleware' },
    {},
  ];
  const before = await stateOf(shop);
  for (const command of commands) {
    for (const path of [...PAGES, ...CALLS, `/sales/${saleId}`]) {
      for (const way of ways) {
        const headers = { ...way, 'content-type': 'multipart/form-data; boundary=b' };
        const { status, headers: told } = await shop.client
          .shopper()
          .call('POST', path, { raw: proof(command), headers });
        const about = [path, JSON.stringify(way)];
        expect([...about, status]).toEqual([...about, expect.toSatisfy((code: number) => code >= 400 && code < 500)]);
        expect([...about, told.location, told['x-action-redirect']]).toEqual([...about, undefined, undefined]);
      }
    }
  }
  const body = proof(commands[1]!);
  const more = `Host: shop\r\nNext-Action: x\r\nContent-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n`;
  const raw = [
    `GET / HTTP/1.1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`,
    `POST / HTTP/1.1\r\n${more}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `POST // HTTP/1.1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`,
    `POST http://shop/ HTTP/1.1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`,
    `PUT /cart HTTP/1.1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`,
  ];
  for (const request of raw) expect(await exchangeRaw(shop.web.url, request)).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
  expect(existsSync(mark), 'it ran').toBe(false);
  expect(await stateOf(shop)).toEqual(before);
  expect((await shop.client.shopper().call('GET', '/api/health')).body).toEqual({ status: 'ok' });
  expect(shop.web.output()).not.toMatch(/"level":[56]0|Error:/);
});

test('nothing makes the shop fetch an address for a stranger', async () => {
  const host = `127.0.0.1:${port}`;
  const targets = [
    ...['http://', 'HTTP://', 'https://', '//', '///', '/\\', '\\\\', 'http:', 'http:/', ' http://', '\thttp://'],
    ...[
      'http://shop@',
      '/http://',
      '/./http://',
      '/_next/image?w=64&q=75&url=http://',
      'ftp://',
      'gopher://',
      'blob:http://',
    ],
  ].map((before) => `${before}${host}/inner.png`);
  targets.push(
    ...[`http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`, `http://2130706433:${port}/`],
    ...[`http://0x7f.1:${port}/`, `http://0:${port}/`, `http://127.1:${port}/`],
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://metadata.google.internal/computeMetadata/v1/',
    ...['file:///etc/passwd', 'data:image/png;base64,AAAA', '/api/metrics', '/../../etc/passwd', '/art/default.svg'],
  );
  for (const target of targets) {
    for (const path of ['/_next/image', '/en/_next/image', '/_next/data/x/image']) {
      for (const written of [encodeURIComponent(target), encodeURIComponent(encodeURIComponent(target))]) {
        const answer = await shop.client.shopper().call('GET', `${path}?url=${written}&w=64&q=75`);
        const about = [path, target];
        expect([...about, answer.status]).toEqual([
          ...about,
          expect.toSatisfy((code: number) => code >= 400 && code < 500),
        ]);
        expect(JSON.stringify(answer.body)).not.toMatch(/inner secret|root:|holdfast_live/);
      }
    }
  }
  for (const request of [
    `GET http://${host}/inner.png HTTP/1.1\r\nHost: ${host}\r\n`,
    `GET //${host}/inner.png HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: ${host}\r\n`,
    `GET @${host}/inner.png HTTP/1.1\r\nHost: ${host}\r\n`,
    `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n`,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nX-Original-URL: http://${host}/\r\n`,
  ])
    expect(await exchangeRaw(shop.web.url, `${request}Connection: close\r\n\r\n`)).not.toContain('inner secret');
  expect(asked).toEqual([]);
});
