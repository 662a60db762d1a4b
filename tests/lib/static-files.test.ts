import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { staticFiles } from '#lib/http/static-files.ts';

const SCRIPT = 'console.log("a numbered thing");\n'.repeat(200);
const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-static-'));
mkdirSync(path.join(folder, 'static', 'chunks'), { recursive: true });
writeFileSync(path.join(folder, 'BUILD_ID'), 'a secret of the build');
writeFileSync(path.join(folder, 'static', 'chunks', '0a~b_c.js'), SCRIPT);
writeFileSync(path.join(folder, 'static', 'chunks', 'font.woff2'), 'dense');
const answer = staticFiles(path.join(folder, 'static'));
const server = createServer((req, res) => void (answer(req, res) || res.writeHead(404).end('another door')));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function ask(at: string, headers: Record<string, string> = {}, method = 'GET') {
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status?: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: at, method, headers }, async (res) => {
      const body = Buffer.concat(await res.toArray());
      resolve({ status: res.statusCode, headers: res.headers, body });
    });
    asked.on('error', reject).end();
  });
}

test('a script comes as small as the browser can take it, whole, and to be kept for good', async () => {
  const at = '/_next/static/chunks/0a~b_c.js';
  const kept = { 'cache-control': 'public, max-age=31536000, immutable', vary: 'Accept-Encoding' };
  const type = { 'content-type': 'application/javascript; charset=utf-8' };
  const br = await ask(`${at}?v=1`, { 'accept-encoding': 'gzip, deflate, br, zstd' });
  expect(br).toMatchObject({ status: 200, headers: { ...kept, ...type, 'content-encoding': 'br' } });
  expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
  const gzip = await ask(at, { 'accept-encoding': 'br;q=0, gzip;q=0.5' });
  expect(gzip.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
  const plain = await ask(at);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(SCRIPT);
  const head = await ask(at, { 'accept-encoding': 'br' }, 'HEAD');
  expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(br.body.length) } });
  expect(head.body).toHaveLength(0);
});

test('what is compressed already is not compressed again', async () => {
  const font = await ask('/_next/static/chunks/font.woff2', { 'accept-encoding': 'br' });
  expect(font.headers).toMatchObject({ 'content-type': 'font/woff2', 'content-length': '5' });
  expect(font.headers['content-encoding']).toBeUndefined();
});

test('a file is made ready once, and then comes out of memory', async () => {
  const at = '/_next/static/chunks/0a~b_c.js';
  const before = await ask(at, { 'accept-encoding': 'gzip' });
  writeFileSync(path.join(folder, 'static', 'chunks', '0a~b_c.js'), 'something else');
  expect((await ask(at, { 'accept-encoding': 'gzip' })).body).toEqual(before.body);
});

test('nothing else is answered: no other file, no folder, no way out, no other method', async () => {
  for (const at of [
    '/_next/static/',
    '/_next/static/chunks',
    '/_next/static/chunks/none.js',
    '/_next/static/../BUILD_ID',
    '/_next/static/chunks/..%2f..%2fBUILD_ID',
    '/_next/static//chunks/0a~b_c.js',
    '/chunks/0a~b_c.js',
    '/',
  ]) {
    expect([at, (await ask(at)).body.toString()]).toEqual([at, 'another door']);
  }
  expect((await ask('/_next/static/chunks/0a~b_c.js', {}, 'POST')).status).toBe(404);
});

test('a shop that was never built says so instead of starting', () => {
  expect(() => staticFiles('/nowhere/.next/static')).toThrow('There is no build in /nowhere/.next: npm run build');
});
