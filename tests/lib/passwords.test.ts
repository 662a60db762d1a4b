import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { Passwords, TooBusyError } from '#lib/accounts/index.ts';
import { LIMITS } from '#lib/limits.ts';

const passwords = new Passwords();

test('a hash is an Argon2id PHC string with the parameters of OWASP and a salt of its own', async () => {
  const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  const [, , , , salt, hash] = one.split('$');
  const again = argon2Sync('argon2id', {
    message: 'correct horse',
    nonce: Buffer.from(salt!, 'base64'),
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
  });
  expect(again.toString('base64').replaceAll('=', '')).toBe(hash);
});

test('a password fits its own hash only, typed on any system', async () => {
  const phc = await passwords.hash('Ünïcode ﬁ');
  expect(await passwords.fits('Ünïcode ﬁ'.normalize('NFD'), phc)).toBe(true);
  for (const wrong of ['', 'ünïcode fi', 'Unicode fi', `Ünïcode ﬁ\u0000`, 'Ünïcode ﬁ '])
    expect(await passwords.fits(wrong, phc)).toBe(false);
});

test('hashes of other parameters can still be read', async () => {
  const salt = Buffer.from('sixteen bytes...');
  const hash = argon2Sync('argon2id', {
    message: 'old',
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory: 64,
    passes: 3,
  });
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const phc = `$argon2id$v=19$m=64,t=3,p=1$${text(salt)}$${text(hash)}`;
  expect(await passwords.fits('old', phc)).toBe(true);
  expect(await passwords.fits('new', phc)).toBe(false);
});

test('no password fits where there is no account', async () => {
  for (const guess of ['', 'correct horse', '\u0000']) expect(await passwords.fits(guess, undefined)).toBe(false);
});

test('what is no hash is a fault, never a match', async () => {
  for (const phc of ['', 'plain', '$argon2i$v=19$m=64,t=1,p=1$c2l4dGVlbiBieXRlcy4uLg$aaaa', '$2b$10$abc'])
    await expect(passwords.fits('x', phc)).rejects.toThrow('no argon2id PHC string');
});

test('a crowd waits in line, and past the line hears so at once', async () => {
  const busy = new Passwords();
  const most = LIMITS.passwordsCheckedAtOnce + LIMITS.passwordsWaiting;
  const answers = await Promise.allSettled(Array.from({ length: most + 5 }, () => busy.fits('x', CHEAP)));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(5);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(TooBusyError);
});

test('however many are signing up, somebody who signs in does not wait behind them', async () => {
  const busy = new Passwords();
  const most = LIMITS.passwordsMadeAtOnce + LIMITS.passwordsWaiting;
  let made = 0;
  const making = Array.from({ length: most }, () => busy.hash('x').then(() => made++));
  await expect(busy.hash('x')).rejects.toThrow(TooBusyError);
  expect(await busy.fits('x', CHEAP)).toBe(false);
  expect(made).toBeLessThan(most);
  await Promise.all(making);
});

/** Takes no time. */
const CHEAP = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
