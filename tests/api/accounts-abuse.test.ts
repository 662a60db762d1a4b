import { request } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import { member, post, signIn, signUp, somebody, whoAmI } from '#tests/support/accounts.ts';
import { extent } from '#tests/support/extent.ts';
import { FOREIGN } from '#tests/support/foreign-addresses.ts';
import { client } from '#tests/support/http.ts';

const shop = openShop();
const wrong = 'not the password';

/** Every caller of a test has one address: each test begins without wrong tries from it. */
beforeEach(async () => {
  const tries = await shop.redis.keys('password-*');
  if (tries.length > 0) await shop.redis.del(...tries);
});

test('no answer to signing up or in says whether there is an account', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  const known = await signUp(shop.client.shopper(), { ...who, password: 'what a stranger tries' });
  const fresh = await signUp(shop.client.shopper(), somebody());
  const shape = ({ status, headers, body }: typeof known) => {
    const { date, ...rest } = headers;
    return { status, headers: rest, body };
  };
  expect(shape(known)).toEqual(shape(fresh));
  expect((await signIn(shop.client.shopper(), who)).status).toBe(200);
  const answers = [
    await signIn(shop.client.shopper(), { ...who, password: wrong }),
    await signIn(shop.client.shopper(), somebody()),
  ];
  for (const answer of answers) expectProblem(answer, 401, 'SIGN_IN_REFUSED');
  const without = answers.map(({ headers, ...answer }) => ({
    ...answer,
    headers: Object.keys(headers),
  }));
  expect(without[0]).toEqual(without[1]);
});

/** Let the address that tries passwords have made so many wrong tries. */
async function wrongTries(tries: number): Promise<void> {
  const all = await shop.redis.keys('password-tries-address:*');
  await shop.redis.set(only(all), tries, 'EX', 3_600);
}

test('after five wrong passwords an account waits, known or not, and even the right one is not looked at', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  for (const { email } of [who, somebody()]) {
    for (let i = 0; i < 5; i++)
      expectProblem(await signIn(shop.client.shopper(), { email, password: wrong }), 401, 'SIGN_IN_REFUSED');
    const answer = await signIn(shop.client.shopper(), { ...who, email });
    expectProblem(answer, 429, 'TOO_MANY_REQUESTS');
    expect(answer.headers['retry-after']).toBe('15');
    expect(answer.headers.ratelimit).toBe('"password";r=0;t=15');
    expect(answer.headers['ratelimit-policy']).toBe('"password";q=5;w=900');
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

test('guessing the password of a session that was left open waits too', async () => {
  const shopper = await member(shop.client);
  const guess = () => shopper.call('POST', '/api/account/delete', { body: { password: wrong } });
  for (let i = 0; i < 5; i++) expectProblem(await guess(), 400, 'INVALID_REQUEST');
  expectProblem(await guess(), 429, 'TOO_MANY_REQUESTS');
  expect(await whoAmI(shopper)).toBe(shopper.who.email);
});

test('a thousand stuffed credentials: one address soon waits, whatever it says about itself', async () => {
  await signIn(shop.client.shopper(), somebody());
  await wrongTries(450);
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => {
      const headers = {
        'x-forwarded-for': `198.51.100.${i % 250}`,
        'x-real-ip': `203.0.113.${i % 250}`,
        'x-holdfast-address': `192.0.2.${i % 250}`,
        forwarded: `for=192.0.2.${i % 250}`,
      };
      return (await signIn(shop.client.shopper(), somebody(), { headers })).status;
    }),
  );
  expect(answers.filter((status) => status === 401)).toHaveLength(50);
  expect(answers.filter((status) => status === 429)).toHaveLength(950);
});

test('behind a trusted proxy the address is the one that the proxy has written', async () => {
  const web = await shop.floor.web({ TRUSTED_PROXY_HOPS: '1' });
  const from = (forwarded: string) =>
    signIn(client(web.url).shopper(), somebody(), { headers: { 'x-forwarded-for': forwarded } });
  expect((await from('198.51.100.9, 192.0.2.1')).status).toBe(401);
  await wrongTries(498);
  for (let i = 0; i < 2; i++) expect((await from(`198.51.100.${i}, 192.0.2.1`)).status).toBe(401);
  expect((await from('203.0.113.9, 192.0.2.1')).status).toBe(429);
  expect((await from('192.0.2.1, 192.0.2.2')).status).toBe(401);
  await web.stop();
});

test('a flood of sign-ups is told to come back; whoever signs in meanwhile is let in', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  const flood = Array.from({ length: 300 }, () => signUp(shop.client.shopper(), somebody()));
  const answers = await Promise.all(Array.from({ length: 5 }, () => signIn(shop.client.shopper(), who)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const busy = (await Promise.all(flood)).filter(({ status }) => status !== 202);
  expect(busy.length).toBeGreaterThan(0);
  for (const answer of busy) {
    expectProblem(answer, 503, 'UNAVAILABLE');
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  }
});

test('more who sign in than can be answered are told to come back, and lose no try', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  const crowd = await Promise.all(Array.from({ length: 300 }, () => signIn(shop.client.shopper(), somebody())));
  const busy = crowd.filter(({ status }) => status !== 401);
  expect(busy.length).toBeGreaterThan(0);
  for (const answer of busy) expectProblem(answer, 503, 'UNAVAILABLE');
  const counted = await shop.redis.get(only(await shop.redis.keys('password-tries-address:*')));
  expect(Number(counted)).toBe(crowd.length - busy.length);
  expect((await signIn(shop.client.shopper(), who)).status).toBe(200);
});

test('wherever a form says to go next, nobody leaves the shop', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  const shopper = shop.client.shopper();
  for (const callbackUrl of FOREIGN.filter((_, n) => n % extent({ sample: 4, whole: 1 }) === 0)) {
    const told = await post(shopper, 'callback/credentials', { ...who, callbackUrl });
    expect([callbackUrl, told.status, told.body.url]).toEqual([callbackUrl, 200, '/']);
    const sent = await post(shopper, 'callback/credentials', { ...who, callbackUrl, json: '' });
    expect([callbackUrl, sent.status, sent.headers.location]).toEqual([callbackUrl, 302, '/']);
    const out = await post(shopper, 'signout', { callbackUrl, json: '' });
    expect([callbackUrl, out.status, out.headers.location]).toEqual([callbackUrl, 302, '/']);
    const page = await shopper.call('GET', `/api/auth/signin?callbackUrl=${encodeURIComponent(callbackUrl)}`);
    expect([callbackUrl, page.status, page.headers.location]).toEqual([callbackUrl, 302, '/signin?next=%2F']);
  }
  const back = await post(shopper, 'callback/credentials', { ...who, callbackUrl: '/sales/a/b?c=1', json: '' });
  expect(back.headers.location).toBe('/sales/a/b?c=1');
  const refused = await post(shopper, 'callback/credentials', { ...who, password: wrong, callbackUrl: '/a', json: '' });
  expect(refused).toMatchObject({ status: 302, headers: { location: '/signin?next=%2Fa&trouble=refused' } });
});

test('no cookie of next-auth’s own leads away either, nor makes it fail', async () => {
  const who = somebody();
  await signUp(shop.client.shopper(), who);
  for (const address of ['https://evil.example', 'javascript:alert(1)', '%zz', 'x'.repeat(3_000)]) {
    const shopper = shop.client.shopper(
      `next-auth.callback-url=${encodeURIComponent(address)}; next-auth.csrf-token=%zz`,
    );
    expect(await signIn(shopper, who)).toMatchObject({ status: 200, body: { url: '/' } });
  }
});

test('a poisoned Host leads nowhere', async () => {
  const { port } = new URL(shop.web.url);
  const ask = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        let text = JSON.stringify(answer.headers);
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      call.on('error', reject);
      call.end();
    });
  for (const path of [
    '/api/auth/csrf',
    '/api/auth/session',
    '/api/auth/signin',
    '/api/auth/signout',
    '/api/auth/error',
  ]) {
    const poisons: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: 'evil.example:80', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    ];
    for (const headers of poisons) {
      const { status, text } = await ask('GET', path, headers);
      expect([200, 302]).toContain(status);
      expect(text).not.toContain('evil');
    }
  }
});

test('next-auth has no other door than the shop’s own', async () => {
  const shopper = await member(shop.client);
  for (const [method, path] of [
    ['GET', 'providers'],
    ['GET', 'verify-request'],
    ['GET', 'callback/github'],
    ['GET', 'csrf/x'],
    ['GET', 'constructor'],
    ['POST', '_log'],
    ['POST', 'callback'],
    ['POST', 'callback/credentials/x'],
    ['POST', 'x'],
  ])
    expectProblem(await shopper.call(method!, `/api/auth/${path}`), 404, 'NOT_FOUND');
  for (const [method, path] of [
    ['POST', 'session'],
    ['POST', 'signin'],
    ['GET', 'callback/credentials'],
    ['DELETE', 'session'],
    ['PUT', 'signout'],
  ])
    expectProblem(await shopper.call(method!, `/api/auth/${path}`), 405, 'METHOD_NOT_ALLOWED');
});
