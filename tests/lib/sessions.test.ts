import { createSecretKey, randomBytes } from 'node:crypto';
import { decode, encode } from 'next-auth/jwt';
import { beforeAll, expect, test, vi } from 'vitest';
import { Accounts, Passwords, runNextAuth } from '#lib/accounts/index.ts';
import { world } from '#tests/support/world.ts';

/** How often a key was stretched: what makes a forged cookie dear. In place before anything takes Node's function. */
const stretched = vi.hoisted(() => {
  const crypto = process.getBuiltinModule('node:crypto');
  const { pbkdf2 } = crypto;
  const seen = { times: 0 };
  const counted = (...given: unknown[]) => {
    seen.times++;
    return (pbkdf2 as (...given: unknown[]) => void)(...given);
  };
  Object.assign(crypto, { pbkdf2: counted });
  return seen;
});

const secret = 's'.repeat(32);
let accounts: Accounts;

beforeAll(async () => {
  const shop = await world();
  accounts = new Accounts({ ...shop, passwords: new Passwords() }, { secret, secure: false, demo: false });
});

const text = (part: object | Buffer) =>
  (Buffer.isBuffer(part) ? part : Buffer.from(JSON.stringify(part))).toString('base64url');
/** A cookie of the right form that nobody has encrypted anything into. */
const forged = (header: object) =>
  [header, randomBytes(40), randomBytes(12), randomBytes(200), randomBytes(16)].map(text).join('.');
const asking = (cookie: string) =>
  new Request('http://shop/', { headers: { cookie: `${accounts.sessions.cookieName}=${cookie}` } });

const DEAR = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 10_000, p2s: text(randomBytes(16)) };
const OURS = { alg: 'dir', enc: 'A256GCM' };
const claims = { sub: 'account-x', session: 'a-session', version: 1 };

test('a cookie that names another way to encrypt than the shop’s is not deciphered, at no door', async () => {
  await decode({ token: forged(DEAR), secret }).catch(() => null);
  expect(stretched.times, 'it would be dear').toBe(1);

  const dear = ['PBES2-HS512+A256KW', 'PBES2-HS384+A192KW', 'PBES2-HS256+A128KW'].map((alg) => ({ ...DEAR, alg }));
  for (const header of [...dear, { ...DEAR, alg: 'dir' }, { ...OURS, zip: 'DEF' }, { alg: 'dir', enc: 'A128GCM' }])
    expect(await accounts.sessions.tokenOf(asking(forged(header)))).toBeUndefined();
  expect(await accounts.sessions.tokenOf(asking(`${text(OURS)}${forged(DEAR)}`))).toBeUndefined();

  const csrf = await runNextAuth(accounts, secret, asking(forged(DEAR)), { action: 'csrf' });
  if (csrf.answer.status !== 'csrf') throw new Error(csrf.answer.status);
  const cookies = [
    ...csrf.cookies.map((one) => one.split(';', 1)[0]!),
    `${accounts.sessions.cookieName}=${forged(DEAR)}`,
  ];
  const request = new Request('http://shop/', { headers: { cookie: cookies.join('; ') } });
  const { csrfToken } = csrf.answer;
  expect((await runNextAuth(accounts, secret, request, { action: 'signOut', csrfToken })).answer.status).toBe(
    'signedOut',
  );
  expect(stretched.times).toBe(1);
});

test('the shop’s own cookie is read, and one under another key is nobody’s', async () => {
  expect(await accounts.sessions.tokenOf(asking(await encode({ token: claims, secret })))).toEqual(claims);
  const foreign = createSecretKey(randomBytes(32)).export();
  expect(await accounts.sessions.tokenOf(asking(await encode({ token: claims, secret: foreign })))).toBeUndefined();
  expect(await accounts.sessions.tokenOf(asking(forged(OURS)))).toBeUndefined();
});
