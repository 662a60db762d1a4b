import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import { flood, problemsOf } from '#tests/support/streams.ts';
import { until } from '#tests/support/until.ts';
import { type Wire, wire } from '#tests/support/wire.ts';

/** Behind one proxy, so that a test can come from any address. */
const shop = openShop({ env: { RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' } });
const MEGABYTE = 1024 * 1024;
const HUGE = 100 * MEGABYTE;
const GROWN = 50 * MEGABYTE;

/** How many bytes of memory the process has. */
async function memory(): Promise<number> {
  const { body } = await shop.client.shopper().call<string>('GET', '/api/metrics');
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(body)?.[1]);
}

/** What the shop remembers, but for how often who has called. */
async function kept(): Promise<Record<string, string>> {
  const state = Object.entries(await stateOf(shop));
  return Object.fromEntries(state.filter(([name]) => !name.startsWith('redis rate:')));
}

/** Begin a body, read the answer, and go on with as much as the shop takes. @returns bytes that were written */
async function pour({ socket, text, over }: Wire, begin: string, chunked: boolean): Promise<number> {
  const spaces = Buffer.alloc(MEGABYTE, ' ');
  const block = chunked
    ? Buffer.concat([Buffer.from(`${MEGABYTE.toString(16)}\r\n`), spaces, Buffer.from('\r\n')])
    : spaces;
  socket.write(begin);
  socket.write(block);
  await until(() => text() || socket.closed, { what: 'an answer', everyMs: 1 });
  for (let sent = block.length; sent < HUGE && !socket.destroyed; sent += block.length) {
    if (!socket.write(block)) await Promise.race([once(socket, 'drain').catch(() => {}), over]);
  }
  await over;
  return socket.bytesWritten;
}

test('a body of a hundred megabytes is refused at its beginning, cut off, and costs no memory, whether its length is announced or not', async () => {
  const addresses: [line: string, status: number][] = [
    ['POST /api/checkout', 413],
    ['POST /api/payment/webhook', 413],
    ['POST /api/auth/callback/credentials', 413],
    ['POST /api/nothing', 404],
    ['GET /api/products', 200],
    ['GET /cart', 200],
    ['POST /cart', 405],
  ];
  for (const [line, status] of addresses) {
    for (const length of ['Transfer-Encoding: chunked', `Content-Length: ${HUGE}`]) {
      const chunked = length.endsWith('chunked');
      const one = await wire(shop.web.url);
      const before = await memory();
      let most = before;
      const poured = pour(
        one,
        `${line} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${length}\r\n\r\n`,
        chunked,
      );
      while (!one.socket.closed) most = Math.max(most, await memory());
      const about = `${line} ${length}`;
      const answered = !chunked && line.includes('/api/') ? 413 : status;
      expect([about, one.text().slice(0, 12)]).toEqual([about, `HTTP/1.1 ${answered}`]);
      expect(await poured, about).toBeLessThan(HUGE / 2);
      expect(most - before, about).toBeLessThan(GROWN);
    }
  }
});

test('a compressed body is refused and never inflated, whatever it holds', async () => {
  const { productIds } = await shop.client.sale();
  const buy = JSON.stringify({ items: [{ productId: productIds[0]!, quantity: 1 }] });
  const bomb = gzipSync(Buffer.alloc(60 * MEGABYTE, ' '));
  expect(bomb.length).toBeLessThan(LIMITS.bodyBytes);
  const [state, before] = [await kept(), await memory()];
  const send = (path: string, raw: string | Buffer, coding: string) =>
    shop.client.shopper().call('POST', path, { raw, headers: { 'content-encoding': coding } });
  for (const coding of ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'GZIP', 'identity, gzip', 'gzip, gzip', 'x']) {
    for (const path of ['/api/checkout', '/api/cart/add', '/api/account', '/api/payment/webhook'])
      for (const raw of [bomb, gzipSync(buy), buy])
        expectProblem(await send(path, raw, coding), 415, 'UNSUPPORTED_MEDIA_TYPE');
  }
  expect(await kept()).toEqual(state);
  expect((await memory()) - before).toBeLessThan(GROWN);
  expect((await send('/api/checkout', buy, 'Identity')).status).toBe(201);
});

test('a flood of streams stops at its cap, slow readers and a storm of reconnects included, and checkouts go on beside it', async () => {
  const cap = LIMITS.sseClientsPerAddress;
  const addresses = Array.from({ length: cap + 100 }, () => '198.51.100.7');
  const figures = await flood(shop, { addresses, cap, storms: 1 });
  expect(problemsOf(figures, cap), JSON.stringify(figures)).toEqual([]);
  expect(figures.answers).toEqual({ 200: cap, 429: 100 });
});

/**
 * All connections that an address may have to a process of its own, 250 too many, and a late one, none of which says a word.
 * @returns nothing if the first were told that they are too slow, and left their room to others, before the last was there
 */
async function silentCrowd() {
  const web = await shop.floor.web({ TRUSTED_PROXY_HOPS: '0' });
  const crowd: Wire[] = [];
  while (crowd.length < LIMITS.connectionsPerAddress + 250)
    crowd.push(...(await Promise.all(Array.from({ length: 250 }, () => wire(web.url)))));
  const refused = () => crowd.filter(({ socket, text }) => socket.closed && text() === '').length;
  const tooSlow = () => crowd.some(({ text }) => text() !== '');
  await until(() => refused() >= 250 || tooSlow(), { what: 'those too many are hung up on' });
  const late = await wire(web.url);
  await late.over;
  if (!tooSlow()) return { web, crowd, refused: refused(), late };
  for (const { socket } of crowd) socket.destroy();
  await web.stop();
  return undefined;
}

test('one address cannot take all connections: past its share it is hung up on, and has another when one is free', async () => {
  const inTime = { what: 'those too many are hung up on before the first is too slow', timeoutMs: 60_000 };
  const { web, crowd, refused, late } = await until(silentCrowd, inTime);
  expect(refused).toBeGreaterThanOrEqual(250);
  expect(refused).toBeLessThan(260); // the test's own first requests have some
  expect(late.text()).toBe('');
  for (const { socket } of crowd.slice(0, 100)) socket.destroy();
  await until(async () => (await web.client.look('everyday')).saleId === 'everyday', { what: 'there is room again' });
  for (const { socket } of crowd) socket.destroy();
  await web.stop();
});
