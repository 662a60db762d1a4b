import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { bankEvent, openShop, sendWebhook, signature } from '#tests/api/shop.ts';
import { member, signIn, signOut, somebody } from '#tests/support/accounts.ts';
import { exchangeRaw } from '#tests/support/wire.ts';

const shop = openShop({ env: { LOG_LEVEL: 'trace' } });
const FORGED = 'x\r\n{"level":60,"msg":"forged"}\u001b[2J';

test('a user agent of a megabyte is refused, and no word of one within bounds makes a line of its own', async () => {
  const before = shop.web.output().length;
  const ask = (agent: string) =>
    exchangeRaw(
      shop.web.url,
      `GET /api/sales HTTP/1.1\r\nHost: shop\r\nUser-Agent: ${agent}\r\nConnection: close\r\n\r\n`,
    );
  expect(await ask(`${'M'.repeat(1_000_000)}`)).toMatch(/^(HTTP\/1\.1 431 |$)/);
  expect(await ask(`${'N'.repeat(12_000)}\u001b[2J`)).toMatch(/^HTTP\/1\.1 [24]00 /);
  expect(await ask(`${'O'.repeat(12_000)}\t{"level":60,"msg":"forged"}`)).toMatch(/^HTTP\/1\.1 200 /);
  await shop.client.shopper().call('GET', '/api/health');
  const written = shop.web.output().slice(before);
  expect(written.length).toBeLessThan(10_000);
  for (const word of ['MMM', 'NNN', 'OOO', 'forged', '\u001b', String.raw`\u001b`]) expect(written).not.toContain(word);
});

test('whatever a run brings, each line of its output is one event, and none has a secret, a cookie, an address or a password', async () => {
  const email = somebody().email;
  const shopper = await member(shop.client);
  const { productIds } = await shop.client.sale({ ships: true });
  const { body: order } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const delivery = { name: 'N', email, street: 'S 1', postalCode: '1', city: 'C', country: 'DE' };
  await shopper.call('PUT', '/api/delivery', { body: delivery });
  await shopper.pay(order.orderId);
  const event = bankEvent({ orderId: order.orderId, amount: 1 } as never);
  await sendWebhook(shop.client, event);
  await sendWebhook(shop.client, event, 't=1,v1=00');
  await signIn(shop.client.shopper(), { ...shopper.who, password: 'a wrong password 1' });
  const hostile = {
    'user-agent': encodeURIComponent(FORGED),
    referer: `http://x/?token=${email}`,
    rsc: '1',
    'next-router-state-tree': encodeURIComponent('["no",tree'),
    'next-url': '/%0d%0a',
  };
  const pages = [
    '/admin',
    '/',
    '/account',
    `/orders/${order.orderId}?email=${email}`,
    '/nothing%0d%0a{"level":60}',
    '/%ff',
  ];
  for (const path of pages) {
    const answer = await shopper.call('GET', path, { headers: hostile });
    expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 500)]);
  }
  for (const path of ['/api/orders/%0d%0a%7b', '/api/x%1b', `/api/account?email=${email}`])
    await shopper.call('GET', path);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(shop.web.url).port), '127.0.0.1', () =>
      socket.end(`GET /\u0001 HTTP/1.1\r\nCookie: ${shopper.cookie}\r\n\r\n`),
    );
    socket.on('close', () => resolve()).resume();
  });
  const cookies = shopper.cookie.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1));
  await shop.floor.redis.stop(); // what fails is told, and tells nothing
  for (const path of ['/api/orders', '/api/sales', '/admin', '/api/ready']) await shopper.call('GET', path);
  await shop.client.admin('POST', '/api/product', { name: email, price: 1 });
  await shop.floor.redis.restart();
  await signOut(shopper);

  const output = shop.web.output();
  const secrets = [
    ...[email, shopper.who.email, shopper.who.password, 'a wrong password 1', ...cookies],
    ...[process.env.ADMIN_API_KEY!, process.env.NEXTAUTH_SECRET!, process.env.SANDBOX_WEBHOOK_SECRET!],
    signature(JSON.stringify(event)).split('v1=')[1]!,
  ].filter((one) => one.length > 5);
  expect(secrets.length).toBeGreaterThan(8);
  expect(secrets.filter((one) => output.includes(one) || output.includes(encodeURIComponent(one)))).toEqual([]);
  const lines = output.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  const odd = lines.filter((line) => !/^\{"level":\d\d,.*\}$/.test(line));
  expect(odd).toEqual([]);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).not.toContain('forged');
  expect(output).toContain('unavailable');
});
