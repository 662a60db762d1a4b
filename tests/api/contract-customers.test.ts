import { expect, test } from 'vitest';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import { post, signIn } from '#tests/support/accounts.ts';
import { client } from '#tests/support/http.ts';

const shop = openShop();
const cookiesOf = (answer: { headers: Record<string, string | string[] | undefined> }) =>
  [answer.headers['set-cookie'] ?? []].flat();

test('a stranger becomes a guest with the first cart or checkout, by a cookie that scripts cannot read', async () => {
  const { productIds } = await shop.client.sale();
  const cart = await shop.client.shopper().call('POST', '/api/cart');
  const bought = await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  for (const answer of [cart, bought]) {
    const cookie = only(cookiesOf(answer));
    expect(cookie).toMatch(
      /^holdfast-guest=guest-[0-9a-f-]{36}\.[\w-]{43}; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Lax$/,
    );
  }
});

test('who has a cookie keeps it, and who only looks around gets none', async () => {
  const { saleId } = await shop.client.sale();
  const shopper = shop.client.shopper();
  await shopper.call('POST', '/api/cart');
  expect(cookiesOf(await shopper.call('POST', '/api/cart'))).toEqual([]);
  for (const path of ['/api/products', '/api/sales', `/api/sales/${saleId}`, '/api/orders', '/api/health']) {
    expect(cookiesOf(await shop.client.shopper().call('GET', path))).toEqual([]);
  }
});

test('a refused first call makes nobody a guest', async () => {
  expect(cookiesOf(await shop.client.shopper().call('POST', '/api/cart', { body: { x: 1 } }))).toEqual([]);
  expect(cookiesOf(await shop.client.shopper().call('POST', '/api/checkout', { body: {} }))).toEqual([]);
});

test('a cookie that was changed, cut, forged or borrowed from another purpose is nobody: it opens no cart and becomes somebody new', async () => {
  const { productIds } = await shop.client.sale();
  const owner = shop.client.shopper();
  const cartId = await owner.cartWith([{ productId: productIds[0]!, quantity: 1 }]);
  const { orderId } = (await owner.buyNow([{ productId: productIds[0]!, quantity: 1 }])).body;
  const [name, value] = owner.cookie.split('=') as [string, string];
  const [guest, signature] = value.split('.') as [string, string];
  const changed = Array.from(
    value,
    (char, at) => `${value.slice(0, at)}${char === 'a' ? 'b' : 'a'}${value.slice(at + 1)}`,
  ).filter((one) => one !== value);
  const csrf = await shop.client.shopper().call('GET', '/api/auth/csrf');
  const csrfCookie = only(cookiesOf(csrf)).split(';')[0]!.split('=')[1]!;
  const forged = [
    ...changed,
    guest,
    `${guest}.`,
    `.${signature}`,
    `${guest}.${signature}=`,
    `${guest}.${signature}A`,
    `${guest}.${signature} x`,
    `${value}.${signature}`,
    `${guest}.${Buffer.from(signature, 'base64url').toString('hex')}`,
    `"${value}"`,
    encodeURIComponent(`${guest}.${signature}.`),
    csrfCookie,
    '__proto__',
    'x'.repeat(4_000),
  ];
  for (const one of forged) {
    const thief = shop.client.shopper(`${name}=${one}`);
    expectProblem(await thief.call('GET', `/api/cart/${cartId}`), 404, 'NOT_FOUND');
    expectProblem(await thief.call('GET', `/api/orders/${orderId}`), 404, 'NOT_FOUND');
  }
  const reborn = await shop.client.shopper(`${name}=${changed[0]}`).call('POST', '/api/cart');
  expect(only(cookiesOf(reborn))).not.toContain(guest);
  expect(await owner.call('GET', `/api/cart/${cartId}`)).toMatchObject({ status: 200 });
});

test('a guest who sends the own cookie among others is still the same guest', async () => {
  const owner = shop.client.shopper();
  const cartId = await owner.cartWith([]);
  const busy = shop.client.shopper(`a=1; ${owner.cookie}; holdfast-guestx=2; =; ;`);
  expect(await busy.call('GET', `/api/cart/${cartId}`)).toMatchObject({ status: 200 });
});

test('only the shop’s own pages may change anything in a browser; a program that says nothing may', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  const { host } = new URL(shop.web.url);
  const add = (headers: Record<string, string>) =>
    shopper.call('POST', '/api/cart/add', { body: { cartId, productId: productIds[0], quantity: 1 }, headers });
  for (const origin of [
    'https://evil.example',
    'null',
    '',
    `http://${host}.evil.example`,
    `http://evil.example/${host}`,
    `http://${host}@evil.example`,
    `ftp://${host}`,
    'http://127.0.0.1:1',
    host,
    `${shop.web.url},https://evil.example`,
  ]) {
    expectProblem(await add({ origin }), 403, 'FORBIDDEN');
  }
  expectProblem(await add({ 'sec-fetch-site': 'cross-site' }), 403, 'FORBIDDEN');
  expectProblem(await add({ origin: shop.web.url, 'sec-fetch-site': 'cross-site' }), 403, 'FORBIDDEN');
  expect((await shopper.call('GET', `/api/cart/${cartId}`)).body).toMatchObject({ items: [] });
  for (const headers of [
    {},
    { origin: shop.web.url },
    { origin: shop.web.url, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ]) {
    expect((await add(headers as Record<string, string>)).status).toBe(200);
  }
  expect(
    (
      await shopper.call('GET', `/api/cart/${cartId}`, {
        headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      })
    ).status,
  ).toBe(200);
});

test('a foreign page cannot do what only the merchant may, even in the merchant’s browser', async () => {
  const { saleId } = await shop.client.sale();
  const { code } = await shop.floor.run('admin', 'add', 'merchant@shop.example');
  expect(code).toBe(0);
  const password = 'a password of the merchant';
  const { Passwords } = await import('#lib/accounts/index.ts');
  const passwordHash = await new Passwords().hash(password);
  await shop.mongo.collection('users').updateOne({ email: 'merchant@shop.example' }, { $set: { passwordHash } });
  const merchant = shop.client.shopper();
  expect((await signIn(merchant, { email: 'merchant@shop.example', password })).status).toBe(200);
  expect((await merchant.call('GET', '/api/token')).status).toBe(200);
  const foreign = { origin: 'https://evil.example' };
  expectProblem(
    await merchant.call('PATCH', `/api/sales/${saleId}`, { body: { paused: true }, headers: foreign }),
    403,
    'FORBIDDEN',
  );
  expectProblem(await post(merchant, 'signout', {}, { headers: foreign }), 403, 'FORBIDDEN');
  expect((await merchant.call('GET', '/api/token')).status).toBe(200);
  expect(await shop.client.look(saleId)).toMatchObject({ state: 'open' });
});

test('behind https the cookies are bound to the shop’s own address and to https, and that address counts as the own one', async () => {
  const secure = await shop.floor.web({ NEXTAUTH_URL: 'https://shop.example' });
  const shopper = client(secure.url).shopper();
  const made = await shopper.call('POST', '/api/cart', { headers: { origin: 'https://shop.example' } });
  expect(only(cookiesOf(made))).toMatch(
    /^__Host-holdfast-guest=guest-[0-9a-f-]{36}\.[\w-]{43}; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure$/,
  );
  for (const origin of [
    'http://shop.example',
    'https://shop.example.evil',
    'https://sub.shop.example',
    'https://shop.example:444',
  ]) {
    expectProblem(await shopper.call('POST', '/api/cart', { headers: { origin } }), 403, 'FORBIDDEN');
  }
  await secure.stop();
});
