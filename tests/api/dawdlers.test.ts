import { beforeAll, expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';
import { type Wire, wire } from '#tests/support/wire.ts';

/** Behind a proxy, all connections come from one address: the shop does not count them. */
const shop = openShop({ env: { RATE_LIMIT: 'on', TRUSTED_PROXY_HOPS: '1' } });
const SLOW = 300;
const DRIP_MS = 250;

/** Who says nothing, or a little now and then and never all of it: how they begin, and how they go on. */
const head = 'POST /api/cart HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n';
const DAWDLERS: [of: string, begin: string, drip: string][] = [
  ['nothing', '', ''],
  ['headers', 'GET /api/products HTTP/1.1\r\n', 'x'],
  ['a body', `${head}Content-Length: 60000\r\n\r\n`, ' '],
  ['chunks', `${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
];
const dawdling = new Map<string, Wire[]>();

beforeAll(async () => {
  for (const [of, begin] of DAWDLERS) {
    dawdling.set(of, await Promise.all(Array.from({ length: SLOW }, () => wire(shop.web.url))));
    for (const { socket } of dawdling.get(of)!) socket.write(begin);
  }
  const dripping = setInterval(() => {
    for (const [of, , drip] of DAWDLERS)
      for (const { socket } of dawdling.get(of)!) if (socket.writable) socket.write(drip);
  }, DRIP_MS);
  return () => {
    clearInterval(dripping);
    for (const { socket } of [...dawdling.values()].flat()) socket.destroy();
  };
});

const left = (of: string) => dawdling.get(of)!.filter(({ socket }) => !socket.closed).length;

test('while twelve hundred connections dawdle, others are answered', async () => {
  const { productIds } = await shop.client.sale({ units: [20] });
  for (let i = 0; i < 20; i++) {
    const shopper = shop.client.shopper();
    const { status, body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
    expect(status).toBe(201);
    expect(await shopper.pay(body.orderId)).toMatchObject({ status: 200 });
  }
  for (const path of ['/', '/cart', '/api/products'])
    expect([path, (await shop.client.shopper().call('GET', path)).status]).toEqual([path, 200]);
  for (const of of ['a body', 'chunks']) expect([of, left(of)]).toEqual([of, SLOW]);
});

test('whoever dawdles over headers or body is hung up on, and told why', async () => {
  for (const [of] of DAWDLERS)
    await until(() => left(of) === 0, { what: `nobody dawdles over ${of}`, timeoutMs: 60_000, everyMs: 100 });
  for (const [of] of DAWDLERS.slice(1))
    for (const { text } of dawdling.get(of)!) expect([of, text().slice(0, 12)]).toEqual([of, 'HTTP/1.1 408']);
  expect((await shop.client.shopper().call('GET', '/api/health')).status).toBe(200);
});
