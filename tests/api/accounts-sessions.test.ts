import { createSecretKey, randomBytes } from 'node:crypto';
import { decode, encode } from 'next-auth/jwt';
import { expect, test } from 'vitest';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import {
  actsOn,
  member,
  post,
  type Somebody,
  signIn,
  signOut,
  signUp,
  somebody,
  whoAmI,
} from '#tests/support/accounts.ts';
import { client, type Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();
const users = () => shop.mongo.collection('users');
const secret = process.env.NEXTAUTH_SECRET!;
const SESSION = /next-auth\.session-token=([^;]+)/;
const tokenOf = (shopper: Shopper) => SESSION.exec(shopper.cookie)?.[1] ?? '';
const changePassword = (shopper: Shopper, current: string, next: string) =>
  shopper.call('POST', '/api/account/password', { body: { current, next } });

/** Somebody with a role, in a browser of their own. */
async function staff(role: 'admin' | 'viewer'): Promise<Shopper & { who: Somebody }> {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  expect(await shop.floor.run('admin', 'add', who.email, '--role', role, '--keep-password')).toMatchObject({
    code: 0,
    output: expect.stringContaining('with the password that it had'),
  });
  return member(shop.client, who);
}

test('signing out ends the session for whoever has copied its cookie, and no other one', async () => {
  const here = await member(shop.client);
  const there = shop.client.shopper();
  await signIn(there, here.who);
  const copy = shop.client.shopper(here.cookie);
  expect(await whoAmI(copy)).toBe(here.who.email);
  await signOut(here);
  expect(await whoAmI(copy)).toBeNull();
  expect((await copy.call<{ orders: [] }>('GET', '/api/orders')).body.orders).toEqual([]);
  expectProblem(await copy.call('GET', '/api/account/export'), 401, 'SIGN_IN_REQUIRED');
  expect(await whoAmI(there)).toBe(here.who.email);
});

test('each sign-in makes a session of its own; one that was planted in the browser before is not it', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  const attacker = await member(shop.client);
  const victim = shop.client.shopper(attacker.cookie);
  await signIn(victim, who);
  const again = shop.client.shopper();
  await signIn(again, who);
  expect(new Set([tokenOf(attacker), tokenOf(victim), tokenOf(again)]).size).toBe(3);
  expect(await whoAmI(victim)).toBe(who.email);
  expect(await whoAmI(attacker)).toBe(attacker.who.email);
});

test('a new password ends every other session, while the own one goes on under a new cookie', async () => {
  const here = await member(shop.client);
  const there = shop.client.shopper();
  await signIn(there, here.who);
  const copy = shop.client.shopper(here.cookie);
  const next = 'a better password';
  expectProblem(await changePassword(here, 'not the password', next), 400, 'INVALID_REQUEST', { field: 'current' });
  expectProblem(await changePassword(here, here.who.password, 'too short'), 400, 'INVALID_REQUEST', { field: 'next' });
  expect(await whoAmI(there)).toBe(here.who.email);
  expect((await changePassword(here, here.who.password, next)).status).toBe(204);
  expect(await whoAmI(here)).toBe(here.who.email);
  expect(await whoAmI(there)).toBeNull();
  expect(await whoAmI(copy)).toBeNull();
  expectProblem(await signIn(there, here.who), 401, 'SIGN_IN_REFUSED');
  expect((await signIn(there, { ...here.who, password: next })).status).toBe(200);
});

test('a session ends after eight hours, however often it is used', async () => {
  const shopper = await member(shop.client);
  const user = await users().findOne({ email: shopper.who.email });
  const payload = await decode({ token: tokenOf(shopper), secret });
  expect(Number(payload!.exp) - Number(payload!.iat)).toBe(8 * 3_600);
  expect(user!.sessions[0].until.getTime() - Date.now()).toBeLessThanOrEqual(8 * 3_600_000);
  await users().updateOne({ _id: user!._id }, { $set: { 'sessions.0.until': new Date(Date.now() - 1) } });
  expect(await whoAmI(shopper)).toBeNull();
});

test('what is not a cookie of ours is nobody, and no failure', async () => {
  const shopper = await member(shop.client);
  const token = tokenOf(shopper);
  const payload = (await decode({ token, secret }))!;
  const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = [
    await encode({ token: payload, secret: 'test-nextauth-secret-0123456780' }),
    await encode({ token: payload, secret: createSecretKey(randomBytes(32)).export() }),
    await encode({ token: payload, secret, maxAge: -60 }),
    await encode({ token: { ...payload, version: 0 }, secret }),
    await encode({ token: { ...payload, version: '1' }, secret }),
    await encode({ token: { ...payload, session: { $ne: '' } }, secret }),
    await encode({ token: { ...payload, sub: undefined }, secret }),
    await encode({ token: {}, secret }),
    `${json({ alg: 'none' })}.${json(payload)}.`,
    `${json({ alg: 'HS256' })}.${json(payload)}.${'a'.repeat(43)}`,
    `${json({ alg: 'dir', enc: 'A256GCM' })}....`,
    token.slice(0, -1),
    `${token}x`,
    token.replace(/^[^.]+/, json({ alg: 'dir', enc: 'A128GCM' })),
    ...['', 'null', '{}', '%zz', '....', 'x'.repeat(4_001), '"'.repeat(100), '__proto__'],
  ];
  for (const one of forged) {
    const thief = shop.client.shopper(`next-auth.session-token=${one}`);
    expect(await thief.call('GET', '/api/account')).toMatchObject({ status: 200, body: { account: null } });
    expectProblem(await thief.call('GET', '/api/token'), 401, 'UNAUTHORIZED');
  }
  const bearer = shop.client.shopper();
  for (const authorization of [`Bearer ${token}`, 'Bearer %zz', 'Bearer '])
    expect(await bearer.call('GET', '/api/account', { headers: { authorization } })).toMatchObject({
      status: 200,
      body: { account: null },
    });
  expect(await whoAmI(shopper)).toBe(shopper.who.email);
  expect(shop.web.output()).not.toMatch(/"level":[56]0/);
});

test('in the back room nobody is 401, an account without the role 403; a viewer sees, an admin acts', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const [nobody, customer, viewer, admin] = [
    shop.client.shopper(),
    await member(shop.client),
    await staff('viewer'),
    await staff('admin'),
  ];
  const acts: [string, string, object][] = [
    ['POST', '/api/sales', { name: 'Mine', currency: 'EUR' }],
    ['PATCH', `/api/sales/${saleId}`, { name: 'Mine' }],
    ['POST', '/api/product', { name: 'Mine', price: 1, saleId }],
    ['POST', '/api/product/seed', { productId: productIds[0], quantity: 1 }],
  ];
  for (const [method, path, body] of acts) {
    expectProblem(await nobody.call(method, path, { body }), 401, 'UNAUTHORIZED');
    for (const one of [customer, viewer]) expectProblem(await one.call(method, path, { body }), 403, 'FORBIDDEN');
    expect((await admin.call(method, path, { body })).status).toBeLessThan(300);
  }
  expectProblem(await nobody.call('GET', '/api/token'), 401, 'UNAUTHORIZED');
  expectProblem(await customer.call('GET', '/api/token'), 403, 'FORBIDDEN');
  for (const one of [viewer, admin]) expect((await one.call('GET', '/api/token')).status).toBe(200);
  const wrongKey = { authorization: 'Bearer wrong' };
  expectProblem(await admin.call('GET', '/api/token', { headers: wrongKey }), 401, 'UNAUTHORIZED');
  const { orderId } = (await customer.buyNow([{ productId: productIds[0]!, quantity: 1 }])).body;
  expectProblem(await viewer.call('GET', `/api/orders/${orderId}`), 404, 'NOT_FOUND');
  expect(await admin.call('GET', `/api/orders/${orderId}`)).toMatchObject({ status: 200 });
  expect(await admin.call('POST', `/api/orders/${orderId}/cancel`)).toMatchObject({ body: { reason: 'ADMIN' } });
});

test('the page of the back room sends nobody to sign in, and does not exist for an account without the role', async () => {
  const customer = await member(shop.client);
  const variants = ['/admin', '/admin?_rsc=1', '/admin?x=%2e'];
  const tricks = { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' };
  for (const path of variants) {
    for (const headers of [{}, { rsc: '1' }, tricks] as Record<string, string>[]) {
      const asNobody = await shop.client.shopper().call<string>('GET', path, { headers });
      const asCustomer = await customer.call<string>('GET', path, { headers });
      for (const answer of [asNobody, asCustomer]) {
        expect([200, 307, 404]).toContain(answer.status);
        expect(JSON.stringify(answer.body)).not.toContain('back-room');
      }
    }
  }
  const answer = await shop.client.shopper().call('GET', '/admin');
  expect(answer).toMatchObject({ status: 307, headers: { location: '/signin?next=%2Fadmin' } });
  expect((await customer.call('GET', '/admin')).status).toBe(404);
  for (const role of ['viewer', 'admin'] as const) {
    const page = await (await staff(role)).call<string>('GET', '/admin');
    expect(page.status).toBe(200);
    expect(page.body).toContain('back-room');
    expect(page.headers['cache-control']).toMatch(/no-store/);
  }
});

test('a role that is taken away is gone with the next call, with every session', async () => {
  const admin = await staff('admin');
  await admin.call('GET', '/api/orders');
  expect((await admin.call('GET', '/api/token')).status).toBe(200);
  expect(await shop.floor.run('admin', 'list')).toMatchObject({
    code: 0,
    output: expect.stringContaining(`admin   ${admin.who.email}`),
  });
  expect(await shop.floor.run('admin', 'remove', admin.who.email)).toMatchObject({ code: 0 });
  expectProblem(await admin.call('GET', '/api/token'), 401, 'UNAUTHORIZED');
  expect((await signIn(admin, admin.who)).status).toBe(200);
  expectProblem(await admin.call('GET', '/api/token'), 403, 'FORBIDDEN');
});

test('a role that this process remembers does not act: it is looked up each time', async () => {
  const admin = await staff('admin');
  const { productIds } = await shop.client.sale();
  const { orderId } = (await shop.client.shopper().buyNow([{ productId: productIds[0]!, quantity: 1 }])).body;
  expect((await admin.call('GET', `/api/orders/${orderId}`)).status).toBe(200);
  await users().updateOne({ email: admin.who.email }, { $set: { role: 'customer' } });
  expectProblem(await admin.call('GET', `/api/orders/${orderId}`), 404, 'NOT_FOUND');
});

test('the command line makes an admin with a password that is shown once, and says what it cannot do', async () => {
  const { email } = somebody();
  const made = await shop.floor.run('admin', 'add', email.toUpperCase());
  expect(made.code).toBe(0);
  const password = /shown this once: (\S+)/.exec(made.output)?.[1] ?? '';
  expect(password).toMatch(/^[\w-]{20}$/);
  const admin = shop.client.shopper();
  expect((await signIn(admin, { email, password })).status).toBe(200);
  expect((await admin.call('GET', '/api/token')).status).toBe(200);
  const again = await shop.floor.run('admin', 'add', email, '--role', 'viewer');
  expect(again.output).toContain('There was an account already; its sessions have ended.');
  const next = /shown this once: (\S+)/.exec(again.output)?.[1] ?? '';
  expectProblem(await admin.call('GET', '/api/token'), 401, 'UNAUTHORIZED');
  expectProblem(await signIn(admin, { email, password }), 401, 'SIGN_IN_REFUSED');
  expect((await signIn(admin, { email, password: next })).status).toBe(200);
  for (const args of [
    [],
    ['add', 'nobody'],
    ['add', email, '--role', 'king'],
    ['add', email, '--ask', '--keep-password'],
  ])
    expect(await shop.floor.run('admin', ...args)).toMatchObject({
      code: 2,
      output: expect.stringContaining('npm run'),
    });
  expect(await shop.floor.run('admin', 'remove', somebody().email)).toMatchObject({ code: 1 });
});

test('demo accounts open a demo shop, and no other', async () => {
  const { DEMO_ACCOUNTS } = await import('#scripts/demo-accounts.ts');
  const demo = await shop.floor.web({ DEMO: '1' });
  const seed = shop.floor.spawn('scripts/seed.ts', { DEMO: '1' });
  expect((await seed.exit).code).toBe(0);
  for (const account of DEMO_ACCOUNTS) {
    const visitor = client(demo.url).shopper();
    expect((await signIn(visitor, account)).status).toBe(200);
    expect((await visitor.call('GET', '/api/token')).status).toBe(account.role === 'customer' ? 403 : 200);
    expect(await whoAmI(shop.client.shopper(visitor.cookie))).toBeNull();
    expectProblem(await signIn(shop.client.shopper(), account), 401, 'SIGN_IN_REFUSED');
  }
  await demo.stop();
});

test('another process believes a role or a session for seconds at most, and acts on none of it', async () => {
  const other = await shop.floor.web();
  const shopper = await member(shop.client);
  const there = client(other.url).shopper(shopper.cookie);
  const { productIds } = await shop.client.sale();
  const { orderId } = (await there.buyNow([{ productId: productIds[0]!, quantity: 1 }])).body;
  await changePassword(shopper, shopper.who.password, 'another password');
  const delivery = { name: 'T', email: 't@t.example', street: 'S 1', postalCode: '1', city: 'C', country: 'DE' };
  for (const [method, path, body] of actsOn(orderId, delivery)) {
    const asked = client(other.url).shopper(there.cookie);
    expectProblem(await asked.call(method, path, { body }), 404, 'NOT_FOUND');
  }
  expectProblem(await there.call('POST', '/api/account/delete', { body: { password: 'x' } }), 401, 'SIGN_IN_REQUIRED');
  await until(async () => (await there.call('GET', `/api/orders/${orderId}`)).status === 404, {
    what: 'the other process has looked again',
  });
  expect(await shopper.pay(orderId)).toMatchObject({ status: 200 });
  await other.stop();
});

test('a form of another site signs nobody in or out', async () => {
  const shopper = await member(shop.client);
  const { email, password } = somebody();
  await signUp(shop.client.shopper(), { email, password });
  for (const csrfToken of ['', 'x', 'a'.repeat(64)]) {
    expectProblem(await post(shopper, 'callback/credentials', { email, password, csrfToken }), 403, 'FORBIDDEN');
    expectProblem(await post(shopper, 'signout', { csrfToken }), 403, 'FORBIDDEN');
  }
  expectProblem(
    await signIn(shopper, { email, password }, { headers: { origin: 'https://evil.example' } }),
    403,
    'FORBIDDEN',
  );
  expect(await whoAmI(shopper)).toBe(shopper.who.email);
});
