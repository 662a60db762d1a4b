import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { Accounts, Passwords, waitSeconds } from '#lib/accounts/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { world } from '#tests/support/world.ts';

/** Passwords that count what they cost: how often a hash is made or compared, and with what. */
class CountedPasswords extends Passwords {
  runs: string[] = [];
  override hash(password: string) {
    this.runs.push('hash');
    return super.hash(password);
  }
  override fits(password: string, phc: string | undefined) {
    this.runs.push('fits');
    return super.fits(password, phc);
  }
}

let shop: HoldfastProcess;
let passwords: CountedPasswords;
let accounts: Accounts;

beforeAll(async () => {
  shop = await world();
  passwords = new CountedPasswords();
  accounts = new Accounts({ ...shop, passwords }, { secret: 's'.repeat(32), secure: false, demo: false });
});

const address = () => `192.0.2.${Math.floor(Math.random() * 250)}-${randomUUID()}`;
const signIn = (email: string, password: string, from = address(), guest?: string) =>
  accounts.signIn({ email, password, address: from, guest });
const newcomer = async () => {
  const who = { email: `${randomUUID()}@shop.example`, password: 'correct horse battery' };
  await accounts.signUp(who);
  return who;
};

test('a wrong password, an unknown address and a locked-out demo account cost the same and say the same', async () => {
  const { email } = await newcomer();
  const demo = { email: `${randomUUID()}@shop.example`, password: 'public-password' };
  await accounts.writeDemo({ ...demo, role: 'admin' });
  passwords.runs = [];
  const answers = [];
  for (const [who, password] of [
    [email, 'wrong password'],
    [`${randomUUID()}@shop.example`, 'wrong password'],
    [demo.email, demo.password],
  ] as const) {
    answers.push(await signIn(who, password));
    expect(passwords.runs.splice(0)).toEqual(['fits']);
  }
  expect(answers).toEqual([{ status: 'refused' }, { status: 'refused' }, { status: 'refused' }]);
});

test('signing up costs the same whether or not the address has an account, and changes no account', async () => {
  const who = await newcomer();
  const before = await accounts.users.byEmail(who.email);
  passwords.runs = [];
  expect(await accounts.signUp({ ...who, password: 'somebody else’s idea' })).toBeUndefined();
  expect(
    await accounts.signUp({ email: `${randomUUID()}@shop.example`, password: 'a new one at last' }),
  ).toBeUndefined();
  expect(passwords.runs).toEqual(['hash', 'hash']);
  expect(await accounts.users.byEmail(who.email)).toEqual(before);
});

test('waits double up to a quarter of an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map(waitSeconds)).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
});

test('of a hundred guesses at once five are looked at, from however many addresses', async () => {
  const { email, password } = await newcomer();
  passwords.runs = [];
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => signIn(email, `guess ${i}`)));
  expect(passwords.runs).toHaveLength(LIMITS.passwordTriesPerAccount);
  expect(answers.filter(({ status }) => status === 'wait')).toHaveLength(100 - LIMITS.passwordTriesPerAccount);
  expect(await signIn(email, password)).toMatchObject({ status: 'wait' });
});

test('after a wait there are a few more tries, then a wait twice as long; the right password begins anew', async () => {
  const { email, password } = await newcomer();
  const waitIsOver = async () => {
    for (const key of await shop.redis.keys('password-tries-account:*')) await shop.redis.del(key);
  };
  const guess = async () => {
    for (let i = 0; i < LIMITS.passwordTriesPerAccount; i++)
      expect(await signIn(email, 'no')).toEqual({ status: 'refused' });
    return signIn(email, password);
  };
  for (const seconds of [15, 30, 60]) {
    expect(await guess()).toEqual({ status: 'wait', seconds });
    const [key] = await shop.redis.keys('password-tries-account:*');
    expect(await shop.redis.ttl(key!)).toBeGreaterThan(seconds - 10);
    await waitIsOver();
  }
  expect(await signIn(email, password)).toMatchObject({ status: 'signedIn' });
  expect(await guess()).toEqual({ status: 'wait', seconds: 15 });
});

test('an address that guesses at many accounts waits too, and an account of its own does not help it', async () => {
  const own = await newcomer();
  const from = address();
  for (let i = 0; i < LIMITS.passwordTriesPerAddress; i++) {
    expect(await signIn(`${randomUUID()}@shop.example`, 'no', from)).toEqual({ status: 'refused' });
    if (i % 4 === 0) expect(await signIn(own.email, own.password, from)).toMatchObject({ status: 'signedIn' });
  }
  expect(await signIn(own.email, own.password, from)).toEqual({ status: 'wait', seconds: 15 });
  expect(await signIn(own.email, own.password)).toMatchObject({ status: 'signedIn' });
});

test('an account has been a hundred guests at most, and the same one once', async () => {
  const { email, password } = await newcomer();
  const { _id } = (await accounts.users.byEmail(email))!;
  const guests = Array.from({ length: LIMITS.guestsPerAccount + 3 }, () => `guest-${randomUUID()}`);
  await accounts.users.adopt(_id, guests[0]!);
  for (const guest of guests) await accounts.users.adopt(_id, guest);
  expect((await accounts.users.byId(_id))?.guests).toEqual(guests.slice(0, LIMITS.guestsPerAccount));
  expect(await signIn(email, password, address(), guests.at(-1))).toMatchObject({ status: 'signedIn' });
});

test('of many sessions the oldest gives way', async () => {
  const { email, password } = await newcomer();
  const sessions = [];
  for (let i = 0; i <= LIMITS.sessionsPerAccount; i++) {
    const answer = await signIn(email, password);
    if (answer.status !== 'signedIn') throw new Error(answer.status);
    const { user, sessionId } = answer.session;
    sessions.push({ sub: user._id, session: sessionId, version: user.sessionVersion });
  }
  const current = await Promise.all(sessions.map((token) => accounts.sessions.current(token, { fresh: true })));
  expect(current.map((session) => session !== undefined)).toEqual([
    false,
    ...Array.from({ length: LIMITS.sessionsPerAccount }, () => true),
  ]);
});

test('of two changes of one password at once one counts', async () => {
  const { email, password } = await newcomer();
  const answer = await signIn(email, password);
  if (answer.status !== 'signedIn') throw new Error(answer.status);
  const changes = await Promise.all(
    ['the first new one', 'the second new one'].map((next) => accounts.changePassword(answer.session, password, next)),
  );
  expect(changes.map(({ status }) => status).sort()).toEqual(['done', 'refused']);
  expect((await accounts.users.byEmail(email))?.sessionVersion).toBe(2);
});

test('a session that begins while the password changes is of the old password, and over', async () => {
  const { email, password } = await newcomer();
  const [one, two] = [await signIn(email, password), await signIn(email, password)];
  if (one.status !== 'signedIn' || two.status !== 'signedIn') throw new Error('not signed in');
  await accounts.changePassword(one.session, password, 'another password');
  const { user, sessionId, until } = two.session;
  await accounts.users.beginSession(user._id, { id: sessionId, until }); // late
  const token = { sub: user._id, session: sessionId, version: user.sessionVersion };
  expect(await accounts.sessions.current(token, { fresh: true })).toBeUndefined();
});
