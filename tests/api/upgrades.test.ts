import { expect, test } from 'vitest';
import { openShop } from '#tests/api/shop.ts';
import { ruler } from '#tests/support/ruler.ts';
import { until } from '#tests/support/until.ts';
import { type Wire, wire } from '#tests/support/wire.ts';

// Nothing of the shop speaks another protocol than HTTP: whoever asks to go on in one is answered in this one.

/** Whose pages no other file's sales change. */
const shop = openShop({ env: {} });
const machine = ruler();
const PATHS = ['//x', '/', '/api/cart', '/api/products', '/nothing-here'];
const UPGRADES = ['x', 'websocket'].map((protocol) => `Connection: Upgrade\r\nUpgrade: ${protocol}`);
/** Headers are there after 10 seconds, or the next look, 5 seconds later, ends the connection. */
const HEADERS_MS = 15_000;

async function ask(url: string, path: string, more: string): Promise<Wire> {
  const asking = await wire(url);
  asking.socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\n${more}\r\n\r\n`);
  return asking;
}

/** Status and headers of an answer but for what is of its moment or its connection. */
async function headOf({ text }: Wire): Promise<string[]> {
  await until(() => text().includes('\r\n\r\n'), { what: 'there is an answer' });
  const [status, ...headers] = text().split('\r\n\r\n', 1)[0]!.split('\r\n');
  return [status!, ...headers.filter((one) => !/^(date|connection|keep-alive|transfer-encoding):/i.test(one)).sort()];
}

test('who asks for another protocol is answered like anybody, with the shop’s headers, and in the shop’s time', async () => {
  expect((await shop.client.shopper().call('GET', '/')).status).toBe(200);
  const asking: Wire[] = [];
  for (const path of PATHS) {
    const plain = await ask(shop.web.url, path, 'Accept: */*');
    for (const upgrade of UPGRADES) {
      const one = await ask(shop.web.url, path, `Accept: */*\r\n${upgrade}`);
      asking.push(one);
      const told = await headOf(one);
      expect([path, ...told]).toEqual([path, ...(await headOf(plain))]);
      expect(told.join('\n')).toMatch(/^x-content-type-options: nosniff$/im);
    }
    plain.socket.destroy();
  }
  const began = performance.now();
  for (const { socket } of asking) socket.write('GET /api/health HTTP/1.1\r\nHost: ');
  await until(() => asking.every(({ socket }) => socket.closed), { what: 'all are hung up on', timeoutMs: 60_000 });
  expect(performance.now() - began).toBeLessThan(machine.allowed(HEADERS_MS));
  expect(shop.web.output()).toBe('');
});

test('nobody who has asked for another protocol keeps the process from ending', async () => {
  const web = await shop.floor.web();
  expect((await web.client.shopper().call('GET', '/')).status).toBe(200);
  const asking = await Promise.all(PATHS.map((path) => ask(web.url, path, UPGRADES[0]!)));
  // On a connection later asks are heard after earlier ones, on others before this one's answer.
  expect((await web.client.shopper().call('GET', '/api/health')).status).toBe(200);
  expect(await web.stop()).toEqual({ code: 0, signal: null });
  await Promise.all(asking.map(({ over }) => over));
});
