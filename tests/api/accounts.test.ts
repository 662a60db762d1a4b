import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CartAnswer, ExportAnswer, OrdersAnswer } from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { stateOf } from '#tests/api/state.ts';
import { actsOn, member, signIn, signOut, signUp, somebody, whoAmI } from '#tests/support/accounts.ts';
import { client, type Shopper } from '#tests/support/http.ts';

const shop = openShop({ env: {} });
const cookiesOf = (answer: { headers: Record<string, string | string[] | undefined> }) =>
  [answer.headers['set-cookie'] ?? []].flat();
const one = (productIds: string[]) => [{ productId: productIds[0]!, quantity: 1 }];
const ordersOf = async (shopper: Shopper) =>
  (await shopper.call<OrdersAnswer>('GET', '/api/orders')).body.orders.map(({ orderId }) => orderId);

test('somebody signs up, signs in, is known on every page, and signs out', async () => {
  const shopper = shop.client.shopper();
  const who = somebody();
  expect(await signUp(shopper, who)).toMatchObject({ status: 202, body: { status: 'accepted' } });
  expect(await whoAmI(shopper)).toBeNull();
  const answer = await signIn(shopper, { ...who, email: ` ${who.email.toUpperCase()} ` });
  expect(answer).toMatchObject({ status: 200, body: { url: '/' } });
  expect(await shopper.call('GET', '/api/account')).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'private, no-store' },
    body: { account: { email: who.email, role: 'customer', createdAt: expect.any(String) } },
  });
  const { body } = await shopper.call<{ user: object; expires: string }>('GET', '/api/auth/session');
  expect(body.user).toEqual({ email: who.email, role: 'customer' });
  const hours = (Date.parse(body.expires) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(7);
  expect(hours).toBeLessThanOrEqual(8);
  expect(await signOut(shopper)).toMatchObject({ status: 200, body: { url: '/' } });
  expect(await whoAmI(shopper)).toBeNull();
  expect((await shopper.call('GET', '/api/auth/session')).body).toEqual({});
});

test('the session cookie is out of reach of scripts and of other sites, and behind https bound to it', async () => {
  const who = somebody();
  const shopper = shop.client.shopper();
  await signUp(shopper, who);
  const [session] = cookiesOf(await signIn(shopper, who)).filter((cookie) => cookie.includes('session-token'));
  expect(session).toMatch(/^next-auth\.session-token=[\w.-]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const secure = await shop.floor.web({ NEXTAUTH_URL: 'https://shop.example' });
  const safe = client(secure.url).shopper();
  const token = cookiesOf(await safe.call('GET', '/api/auth/csrf'));
  expect(token).toEqual([
    expect.stringMatching(/^__Host-next-auth\.csrf-token=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  const cookies = cookiesOf(await signIn(safe, who));
  expect(cookies.find((cookie) => cookie.includes('session-token'))).toMatch(
    /^__Host-next-auth\.session-token=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(await whoAmI(safe)).toBe(who.email);
  const planted = safe.cookie.replace('__Host-next-auth.session', '__Secure-next-auth.session');
  expect(await whoAmI(client(secure.url).shopper(planted)), 'a name that other hosts of the domain can set').toBeNull();
  await signOut(safe);
  expect(await whoAmI(safe)).toBeNull();
  expect(safe.cookie).not.toContain('session-token');
  await secure.stop();
});

test("a guest's cart, hold and orders are the account's after signing in, on every device", async () => {
  const { productIds } = await shop.client.sale();
  const here = shop.client.shopper();
  const cartId = await here.cartWith(one(productIds));
  const paid = (await here.buyNow(one(productIds))).body.orderId;
  await here.pay(paid);
  const held = (await here.buyNow(one(productIds))).body.orderId;
  const who = somebody();
  await signUp(here, who);
  await signIn(here, who);
  expect(here.cookie).not.toContain('holdfast-guest');

  const there = shop.client.shopper();
  await signIn(there, who);
  for (const device of [here, there]) {
    expect(await ordersOf(device)).toEqual([held, paid]);
    expect(await device.call('GET', '/api/cart')).toMatchObject({
      status: 200,
      body: { cart: { cartId, status: 'open' } },
    });
    expect(await device.call('GET', `/api/cart/${cartId}`)).toMatchObject({ status: 200 });
    expect(await device.call('GET', `/api/orders/${held}`)).toMatchObject({ status: 200 });
  }
  expect(await there.call('POST', `/api/orders/${held}/extend`)).toMatchObject({ status: 200 });
  expect(await there.pay(held)).toMatchObject({ status: 200, body: { status: 'PAID' } });
  const line = { productId: productIds[0], quantity: 5 };
  expect(await there.call('POST', '/api/cart/add', { body: { cartId, ...line } })).toMatchObject({ status: 200 });
  expect(await here.call('PATCH', `/api/cart/${cartId}`, { body: { ...line, quantity: 2 } })).toMatchObject({
    status: 200,
  });
  const bought = await there.call<{ orderId: string }>('POST', '/api/checkout', { body: { cartId } });
  expect(bought.status).toBe(201);
  expect(await here.call('POST', `/api/orders/${bought.body.orderId}/cancel`)).toMatchObject({
    body: { status: 'CANCELLED', reason: 'SHOPPER' },
  });
  const owners = await shop.mongo.collection('orders').distinct('customer', { _id: { $in: [held, paid] as never[] } });
  expect(owners).toEqual([expect.stringMatching(/^guest-/)]);
  const order = await shop.mongo.collection('orders').findOne({ _id: bought.body.orderId as never });
  expect(order?.customer).toMatch(/^account-[0-9a-f-]{36}$/);
});

test('a checkout that a crash has left without its order stays the guest’s whose hold it is', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith(one(productIds));
  const { orderId } = (await shopper.call<{ orderId: string }>('POST', '/api/checkout', { body: { cartId } })).body;
  const guest = await shop.redis.hget(`hold:{${saleId}}:${orderId}`, 'customer');
  await shop.mongo.collection('orders').deleteOne({ _id: orderId as never });
  const who = somebody();
  await signUp(shopper, who);
  await signIn(shopper, who);
  expect(await shopper.call('POST', '/api/checkout', { body: { cartId } })).toMatchObject({
    status: 200,
    body: { orderId },
  });
  expect((await shop.mongo.collection('orders').findOne({ _id: orderId as never }))?.customer).toBe(guest);
});

test('after signing in limits are counted for the account, wherever it signs in', async () => {
  const { productIds } = await shop.client.sale({ limitPerCustomer: 2 });
  const here = await member(shop.client);
  const there = shop.client.shopper();
  await signIn(there, here.who);
  expect((await here.buyNow(one(productIds))).status).toBe(201);
  expect((await there.buyNow(one(productIds))).status).toBe(201);
  for (const device of [here, there]) expectProblem(await device.buyNow(one(productIds)), 409, 'LIMIT_REACHED');
});

test('a guest who has become one account never becomes another: not on a shared computer, not with a stolen cookie', async () => {
  const { productIds } = await shop.client.sale();
  const shared = shop.client.shopper();
  const cartId = await shared.cartWith(one(productIds));
  const { orderId } = (await shared.buyNow(one(productIds))).body;
  const stolen = shared.cookie;
  const owner = somebody();
  await signUp(shared, owner);
  await signIn(shared, owner);
  await signOut(shared);
  expect(shared.cookie).not.toContain('holdfast-guest');
  expect(await ordersOf(shared)).toEqual([]);
  expect(await shared.call('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 404 });

  const next = somebody();
  await signUp(shared, next);
  await signIn(shared, next);
  const thief = shop.client.shopper(stolen);
  const other = somebody();
  await signUp(thief, other);
  await signIn(thief, other);
  for (const stranger of [shared, thief]) {
    expect(await ordersOf(stranger)).toEqual([]);
    expect(await stranger.call('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 404 });
    expect(await stranger.call('GET', `/api/cart/${cartId}`)).toMatchObject({ status: 404 });
    expectProblem(await stranger.call('POST', `/api/orders/${orderId}/cancel`), 404, 'NOT_FOUND');
    expectProblem(await stranger.pay(orderId), 404, 'NOT_FOUND');
  }
  const back = shop.client.shopper();
  await signIn(back, owner);
  expect(await ordersOf(back)).toEqual([orderId]);
});

test('a copy of a guest’s cookie opens nothing once that guest has an account: not its orders, address or limits', async () => {
  const { saleId, productIds } = await shop.client.sale();
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { ships: true });
  const delivery = {
    name: 'Ada',
    email: 'ada@home.example',
    street: 'Lane 1',
    postalCode: '1',
    city: 'Town',
    country: 'DE',
  };
  const owner = shop.client.shopper();
  const cartId = await owner.cartWith(one(productIds));
  const { orderId } = (await owner.buyNow(one(productIds))).body;
  await owner.call('PUT', '/api/delivery', { body: delivery });
  const stolen = owner.cookie;
  const other = await shop.floor.web();
  const seen = client(other.url).shopper(stolen);
  expect(await ordersOf(seen)).toEqual([orderId]);
  const who = somebody();
  await signUp(owner, who);
  await signIn(owner, who);
  const passwords = { current: who.password, next: 'a better password' };
  expect((await owner.call('POST', '/api/account/password', { body: passwords })).status).toBe(204);

  const thief = () => shop.client.shopper(stolen);
  expect(await ordersOf(thief())).toEqual([]);
  expectProblem(await thief().call('GET', `/api/orders/${orderId}`), 404, 'NOT_FOUND');
  expectProblem(await thief().call('GET', `/api/orders/${orderId}/receipt`), 404, 'NOT_FOUND');
  expectProblem(await thief().call('GET', `/api/cart/${cartId}`), 404, 'NOT_FOUND');
  expect(await thief().call('GET', '/api/delivery')).toMatchObject({ body: { delivery: null } });
  for (const door of [shop.client, client(other.url)]) {
    for (const [method, path, body] of actsOn(orderId, delivery))
      expectProblem(await door.shopper(stolen).call(method, path, { body }), 404, 'NOT_FOUND');
    const foreign = { ...delivery, street: 'At the thief’s 1' };
    await door.shopper(stolen).call('PUT', '/api/delivery', { body: foreign });
    expect(await owner.call('GET', '/api/delivery')).toMatchObject({ body: { delivery } });
  }
  const cartHeld = await owner.call('POST', '/api/checkout', { body: { cartId } });
  expect(cartHeld.status).toBe(201);
  expectProblem(await thief().call('POST', '/api/checkout', { body: { cartId } }), 404, 'NOT_FOUND');
  // A checkout without a cart does not ask MongoDB who comes, so it reserves; what it reserved is nothing to whoever has the copy.
  const reserved = await thief().buyNow(one(productIds));
  expect(reserved.status).toBe(201);
  for (const path of ['start', 'success'])
    expectProblem(
      await thief().call('POST', `/api/payment/${path}`, { body: { orderId: reserved.body.orderId } }),
      404,
      'NOT_FOUND',
    );
  expectProblem(await thief().call('GET', `/api/orders/${reserved.body.orderId}`), 404, 'NOT_FOUND');
  await other.stop();

  await owner.call('POST', '/api/account/delete', { body: { password: 'a better password' } });
  expect(await ordersOf(thief())).toEqual([]);
});

test('an account that has no room for a guest’s orders leaves them to the browser: no order is lost from view', async () => {
  const { productIds } = await shop.client.sale();
  const here = shop.client.shopper();
  const { orderId } = (await here.buyNow(one(productIds))).body;
  const who = somebody();
  await signUp(here, who);
  const guests = Array.from({ length: 100 }, () => `guest-${randomUUID()}`);
  const carts = guests.map((customer) => ({
    _id: randomUUID() as never,
    customer,
    status: 'open',
    items: [],
    createdAt: new Date(),
  }));
  await shop.mongo.collection('carts').insertMany(carts);
  await shop.mongo.collection('users').updateOne({ email: who.email }, { $set: { guests } });
  expect((await signIn(here, who)).status).toBe(200);
  expect(await ordersOf(here)).toEqual([orderId]);
  const own = (await here.buyNow(one(productIds))).body.orderId;
  expect(await ordersOf(here)).toEqual([own, orderId]);
  await signOut(here);
  expect(await ordersOf(here)).toEqual([orderId]);
  await shop.mongo.collection('carts').deleteOne({ _id: carts[0]!._id });
  await signIn(here, who);
  expect(here.cookie).not.toContain('holdfast-guest');
  const there = shop.client.shopper();
  await signIn(there, who);
  for (const device of [here, there]) expect(await ordersOf(device)).toEqual([own, orderId]);
});

test('two accounts that a stolen guest cookie signs in at the same moment: one has the guest', async () => {
  const { productIds } = await shop.client.sale();
  const guest = shop.client.shopper();
  const { orderId } = (await guest.buyNow(one(productIds))).body;
  const people = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const who = somebody();
      await signUp(shop.client.shopper(), who);
      return { who, shopper: shop.client.shopper(guest.cookie) };
    }),
  );
  const answers = await Promise.all(people.map(({ who, shopper }) => signIn(shopper, who)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const lists = await Promise.all(people.map(({ shopper }) => ordersOf(shopper)));
  expect(lists.filter((list) => list.includes(orderId))).toHaveLength(1);
});

test('a sale for accounts only reserves nothing for a guest, and sells to whoever is signed in', async () => {
  const { saleId, productIds } = await shop.client.sale();
  expect(await shop.client.look(saleId)).toMatchObject({ accountsOnly: false });
  const changed = await shop.client.admin('PATCH', `/api/sales/${saleId}`, { accountsOnly: true });
  expect(changed).toMatchObject({ status: 200, body: { accountsOnly: true } });
  const guest = shop.client.shopper();
  const cartId = await guest.cartWith(one(productIds));
  const before = await stateOf(shop);
  for (const body of [{ cartId }, { items: one(productIds) }]) {
    for (const headers of [undefined, { 'idempotency-key': randomUUID() }])
      expectProblem(await guest.call('POST', '/api/checkout', { body, headers }), 401, 'SIGN_IN_REQUIRED');
  }
  expect(await stateOf(shop)).toEqual(before);
  const who = somebody();
  await signUp(guest, who);
  await signIn(guest, who);
  expect(await guest.call('POST', '/api/checkout', { body: { cartId } })).toMatchObject({ status: 201 });

  const made = await shop.client.admin<{ saleId: string }>('POST', '/api/sales', {
    name: 'Members',
    currency: 'EUR',
    accountsOnly: true,
  });
  expect(await shop.client.look(made.body.saleId)).toMatchObject({ accountsOnly: true });
});

test('an account takes its data along, and can be deleted with its password; its orders stay, and lead to nobody', async () => {
  const { productIds } = await shop.client.sale();
  const guest = shop.client.shopper();
  const cartId = await guest.cartWith(one(productIds));
  const first = (await guest.buyNow(one(productIds))).body.orderId;
  const who = somebody();
  await signUp(guest, who);
  await signIn(guest, who);
  const second = (await guest.buyNow(one(productIds))).body.orderId;
  await guest.pay(second);
  const file = await guest.call<ExportAnswer>('GET', '/api/account/export');
  expect(file).toMatchObject({
    status: 200,
    headers: {
      'content-disposition': 'attachment; filename="holdfast-account.json"',
      'cache-control': 'private, no-store',
    },
    body: {
      account: { email: who.email, role: 'customer' },
      carts: [{ cartId, items: [{ productId: productIds[0], quantity: 1 }] }],
      orders: [
        { orderId: second, status: 'PAID' },
        { orderId: first, status: 'RESERVED' },
      ],
      cut: false,
    },
  });
  expect(file.body.account.customers).toHaveLength(2);
  expect(JSON.stringify(file.body)).not.toContain('argon2');

  const remove = (password: string) => guest.call('POST', '/api/account/delete', { body: { password } });
  expectProblem(await remove('not my password'), 400, 'INVALID_REQUEST', { field: 'password' });
  expect(await whoAmI(guest)).toBe(who.email);
  expect((await remove(who.password)).status).toBe(204);
  expect(await whoAmI(guest)).toBeNull();
  expectProblem(await signIn(guest, who), 401, 'SIGN_IN_REFUSED');
  const left = JSON.stringify(await stateOf(shop));
  expect(left).not.toContain(who.email);
  expect(left).not.toContain(cartId);
  expect(await shop.mongo.collection('orders').findOne({ _id: second as never })).toMatchObject({ status: 'PAID' });
});

test('delivery details come along to the account and its export, and go with it, out of its orders too', async () => {
  const { saleId, productIds } = await shop.client.sale();
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { ships: true });
  const email = `${randomUUID()}@home.example`;
  const details = { name: 'Ada First', email, street: 'Long Lane 1', postalCode: '12345', city: 'Town', country: 'DE' };
  const saved = async (shopper: Shopper) =>
    (await shopper.call<{ delivery: object | null }>('GET', '/api/delivery')).body.delivery;
  const guest = shop.client.shopper();
  await guest.call('PUT', '/api/delivery', { body: details });
  const stolen = guest.cookie;
  const who = somebody();
  await signUp(guest, who);
  await signIn(guest, who);
  expect(await saved(guest)).toEqual(details);
  const thief = shop.client.shopper(stolen);
  const other = somebody();
  await signUp(thief, other);
  await signIn(thief, other);
  expect(await saved(thief)).toBeNull();

  const { orderId } = (await guest.buyNow(one(productIds))).body;
  await guest.pay(orderId);
  expect(await guest.call('GET', `/api/orders/${orderId}`)).toMatchObject({ body: { delivery: details } });
  const { body } = await guest.call<ExportAnswer>('GET', '/api/account/export');
  expect(body).toMatchObject({ delivery: details, orders: [{ orderId, delivery: details }] });
  expect((await guest.call('POST', '/api/account/delete', { body: { password: who.password } })).status).toBe(204);
  const left = JSON.stringify(await stateOf(shop));
  for (const trace of [email, details.name, details.street, who.email]) expect(left).not.toContain(trace);
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).toMatchObject({ status: 'PAID' });
});

test('account calls want an account; the cart list of nobody is empty', async () => {
  const stranger = shop.client.shopper();
  const guest = shop.client.shopper();
  await guest.call<CartAnswer>('POST', '/api/cart');
  for (const nobody of [stranger, guest]) {
    for (const [method, path, body] of [
      ['GET', '/api/account/export'],
      ['POST', '/api/account/password', { current: 'x', next: 'x'.repeat(12) }],
      ['POST', '/api/account/delete', { password: 'x' }],
    ] as const)
      expectProblem(await nobody.call(method, path, { body }), 401, 'SIGN_IN_REQUIRED');
  }
  expect(await stranger.call('GET', '/api/cart')).toMatchObject({ status: 200, body: { cart: null } });
});
