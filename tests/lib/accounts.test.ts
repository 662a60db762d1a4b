import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { Accounts, Passwords, TooBusyError, waitSeconds } from '#lib/accounts/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { RATES } from '#lib/rates/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { world } from '#tests/support/world.ts';

/** Passwords that count what they cost: how often a hash is made or compared, and with what. */
class CountedPasswords extends Passwords {
  runs: string[] = [];
  busy = false;
  override hash(password: string) {
    this.runs.push('hash');
    return super.hash(password);
  }
  override fits(password: string, phc: string | undefined) {
    this.runs.push('fits');
    if (this.busy) return Promise.reject(new TooBusyError());
    return super.fits(password, phc);
  }
}

const TRIES = LIMITS.passwordTries;

let shop: HoldfastProcess;
let passwords: CountedPasswords;
let accounts: Accounts;

beforeAll(async () => {
  shop = await world();
  passwords = new CountedPasswords();
  accounts = new Accounts({ ...shop, passwords }, { secret: 's'.repeat(32), secure: false, demo: false });
});

const address = () => `192.0.2.${Math.floor(Math.random() * 250)}-${randomUUID()}`;
/** Where wrong passwords from an address are counted. */
const keyOfTries = (from: string) =>
  `${keys.passwordTries('address')}:${createHash('sha256').update(from).digest('base64url').slice(0, 22)}`;
const triesFrom = async (from: string) => Number(await shop.redis.get(keyOfTries(from)));
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

test('waits double up to a quarter of an hour, for an account that others guess at up to five minutes', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50];
  const of = (tries: Parameters<typeof waitSeconds>[0]) => waits.map((n) => waitSeconds(tries, n));
  expect(of('accountFromAddress')).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
  expect(of('account')).toEqual([15, 30, 60, 120, 240, 300, 300, 300, 300]);
  expect(of('address')).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

test('of a hundred guesses at once five are looked at from one address, twenty from many', async () => {
  for (const [from, looked] of [
    [address(), TRIES.accountFromAddress.free],
    [undefined, TRIES.account.free],
  ] as const) {
    const { email, password } = await newcomer();
    passwords.runs = [];
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => signIn(email, `guess ${i}`, from)));
    expect(passwords.runs).toHaveLength(looked);
    expect(answers.filter(({ status }) => status === 'wait')).toHaveLength(100 - looked);
    expect(await signIn(email, password, from)).toMatchObject({ status: 'wait' });
  }
});

test('after a wait there are a few more tries, then a wait twice as long; the right password begins anew', async () => {
  const { email, password } = await newcomer();
  const from = address();
  const waitIsOver = async () => {
    for (const key of await shop.redis.keys('password-tries-*')) await shop.redis.del(key);
  };
  const guess = async () => {
    for (let i = 0; i < TRIES.accountFromAddress.free; i++)
      expect(await signIn(email, 'no', from)).toEqual({ status: 'refused' });
    return signIn(email, password, from);
  };
  const wait = (retryAfterSeconds: number) => ({
    status: 'wait',
    exceeded: { name: 'password', points: 5, windowSeconds: 900, retryAfterSeconds },
  });
  for (const seconds of [15, 30]) {
    expect(await guess()).toEqual(wait(seconds));
    const [key] = await shop.redis.keys('password-tries-accountFromAddress:*');
    expect(await shop.redis.ttl(key!)).toBeGreaterThan(seconds - 10);
    await waitIsOver();
  }
  expect(await signIn(email, password, from)).toMatchObject({ status: 'signedIn' });
  expect(await guess()).toEqual(wait(15));
});

test('an owner is let in where they have signed in before, and confirms in an open session, however many guess elsewhere', async () => {
  const { email, password } = await newcomer();
  const home = address();
  const before = await signIn(email, password, home);
  if (before.status !== 'signedIn') throw new Error(before.status);
  for (let i = 0; i < TRIES.account.free; i++) expect(await signIn(email, 'no')).toEqual({ status: 'refused' });
  expect(await signIn(email, password)).toMatchObject({ status: 'wait' });
  expect(await signIn(email, password, home)).toMatchObject({ status: 'signedIn' });
  expect(await accounts.confirm(before.session.user, password)).toMatchObject({ status: 'done' });
  for (let i = 0; i < TRIES.accountFromAddress.free; i++)
    expect(await signIn(email, 'no', home)).toEqual({ status: 'refused' });
  expect(await signIn(email, password, home)).toMatchObject({ status: 'wait' });
  expect(await accounts.confirm(before.session.user, password)).toMatchObject({ status: 'done' });
});

test('an address that guesses at many accounts waits too, late, and an account of its own does not help it', async () => {
  const own = await newcomer();
  const from = address();
  for (let i = 0; i < 30; i++) {
    expect(await signIn(`${randomUUID()}@shop.example`, 'no', from)).toEqual({ status: 'refused' });
    if (i % 8 === 0) expect(await signIn(own.email, own.password, from)).toMatchObject({ status: 'signedIn' });
  }
  expect(await triesFrom(from)).toBe(30);
  await shop.redis.set(keyOfTries(from), TRIES.address.free, 'EX', 3_600); // as many more
  expect(await signIn(own.email, own.password, from)).toMatchObject({
    status: 'wait',
    exceeded: { name: 'password', retryAfterSeconds: 60 },
  });
  expect(await signIn(own.email, own.password)).toMatchObject({ status: 'signedIn' });
});

test('whatever makes a password wait, the answer is the same but for how long', async () => {
  const { email, password } = await newcomer();
  const from = address();
  for (let i = 0; i < TRIES.account.free; i++) await signIn(email, 'no');
  const fromElsewhere = await signIn(email, password);
  const other = `${randomUUID()}@shop.example`;
  for (let i = 0; i < TRIES.accountFromAddress.free; i++) await signIn(other, 'no', from);
  const fromThere = await signIn(other, 'no', from);
  await shop.redis.set(keyOfTries(from), TRIES.address.free, 'EX', 3_600);
  const ofTheAddress = await signIn(`${randomUUID()}@shop.example`, 'no', from);
  const said = [fromElsewhere, fromThere, ofTheAddress].map((answer) => {
    if (answer.status !== 'wait') throw new Error(answer.status);
    const { retryAfterSeconds: _, ...policy } = answer.exceeded;
    return policy;
  });
  expect(said).toEqual(said.map(() => ({ name: 'password', points: 5, windowSeconds: 900 })));
});

test('whoever signs in again and again waits before anything is hashed, known or not; elsewhere the owner is let in', async () => {
  const { points } = RATES.signIn.customer;
  const { email, password } = await newcomer();
  const from = address();
  for (let i = 0; i < points; i++) expect(await signIn(email, password, from)).toMatchObject({ status: 'signedIn' });
  const stranger = `${randomUUID()}@shop.example`;
  for (let i = 0; i < points; i++) {
    const begins = i % TRIES.accountFromAddress.free === 0;
    if (begins) for (const key of await shop.redis.keys('password-tries-*')) await shop.redis.del(key); // a wait is over
    expect(await signIn(stranger, 'no', from)).toEqual({ status: 'refused' });
  }
  for (const key of await shop.redis.keys('password-tries-*')) await shop.redis.del(key);
  passwords.runs = [];
  for (const who of [email, stranger]) {
    const answer = await signIn(who, password, from);
    expect(answer).toMatchObject({ status: 'wait', exceeded: { name: 'password' } });
  }
  expect(passwords.runs).toEqual([]);
  expect(await triesFrom(from), 'no try was used up').toBe(0);
  expect(await signIn(email, password)).toMatchObject({ status: 'signedIn' });
  expect(await signIn((await newcomer()).email, 'no', from)).toEqual({ status: 'refused' });
  expect((await shop.redis.keys('*')).filter((key) => key.includes(email))).toEqual([]);
});

test('what was not looked at counts for nobody: a queue that is full, or an account that waits', async () => {
  const { email, password } = await newcomer();
  const from = address();
  passwords.busy = true;
  for (let i = 0; i < TRIES.account.free + 1; i++)
    await expect(signIn(email, password, from)).rejects.toThrow(TooBusyError);
  passwords.busy = false;
  expect(await triesFrom(from)).toBe(0);
  for (let i = 0; i < TRIES.accountFromAddress.free; i++) await signIn(email, 'no', from);
  for (let i = 0; i < 10; i++) expect(await signIn(email, 'no', from)).toMatchObject({ status: 'wait' });
  expect(await triesFrom(from)).toBe(TRIES.accountFromAddress.free);
});

test('a guest is adopted once, by the first account, and is known as such', async () => {
  const [one, two] = await Promise.all(
    [newcomer(), newcomer()].map(async (who) => accounts.users.byEmail((await who).email)),
  );
  const guest = `guest-${randomUUID()}`;
  expect(await accounts.adopted.has(guest, { fresh: false })).toBe(false);
  expect(await accounts.adopt(one!._id, guest)).toBe('adopted');
  expect(await accounts.adopted.has(guest, { fresh: false })).toBe(true);
  expect(await accounts.adopt(one!._id, guest)).toBe('adopted');
  expect(await accounts.adopt(two!._id, guest)).toBe('anothers');
  expect((await accounts.users.byId(one!._id))?.guests).toEqual([guest]);
  expect((await accounts.users.byId(two!._id))?.guests).toEqual([]);
});

test('an account has room for a hundred guests who have something: those who have nothing give way, nobody else does', async () => {
  const { email, password } = await newcomer();
  const { _id } = (await accounts.users.byEmail(email))!;
  const guests = Array.from({ length: LIMITS.guestsPerAccount }, () => `guest-${randomUUID()}`);
  await shop.models.users.updateOne({ _id }, { $set: { guests } });
  const busy = guests.filter((_, i) => i % 2 === 0);
  await Promise.all(busy.map((guest) => shop.carts.create(guest)));
  const next = `guest-${randomUUID()}`;
  expect(await signIn(email, password, address(), next)).toMatchObject({ status: 'signedIn' });
  expect((await accounts.users.byId(_id))?.guests).toEqual([...busy, next]);

  const full = [...busy, ...Array.from({ length: 50 }, () => `guest-${randomUUID()}`)];
  await Promise.all(full.slice(50).map((guest) => shop.carts.create(guest)));
  await shop.models.users.updateOne({ _id }, { $set: { guests: full } });
  const last = `guest-${randomUUID()}`;
  expect(await accounts.adopt(_id, last)).toBe('full');
  expect((await accounts.users.byId(_id))?.guests).toEqual(full);
  expect(await accounts.adopted.has(last, { fresh: true })).toBe(false);
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

test('whoever signed up first with the address of somebody who gets a role does not get it', async () => {
  const squatter = await newcomer();
  const before = await signIn(squatter.email, squatter.password);
  if (before.status !== 'signedIn') throw new Error(before.status);
  const owner = { email: squatter.email, password: 'made up by the shop', role: 'admin' } as const;
  expect(await accounts.appoint(owner, { keepPassword: false })).toEqual({ status: 'changed' });
  expect(await signIn(squatter.email, squatter.password)).toEqual({ status: 'refused' });
  const { user, sessionId } = before.session;
  const token = { sub: user._id, session: sessionId, version: user.sessionVersion };
  expect(await accounts.sessions.current(token, { fresh: true })).toBeUndefined();
  await accounts.users.beginSession(user._id, { id: sessionId, until: before.session.until }); // begun before, listed late
  expect(await accounts.sessions.current(token, { fresh: true })).toBeUndefined();
  expect(await signIn(owner.email, owner.password)).toMatchObject({
    status: 'signedIn',
    session: { user: { role: 'admin' } },
  });
});

test('somebody who signs up while their address gets a role does not keep their password', async () => {
  const email = `${randomUUID()}@shop.example`;
  const { users } = accounts;
  let late = false;
  const insert = users.insert.bind(users);
  users.insert = async (user) => {
    if (!late) await insert({ ...user, passwordHash: await passwords.hash('of the squatter'), role: 'customer' });
    late = true;
    return insert(user);
  };
  const password = 'made up by the shop';
  const made = await accounts.appoint({ email, password, role: 'admin' }, { keepPassword: false });
  users.insert = insert;
  expect(made).toEqual({ status: 'changed' });
  expect(await signIn(email, 'of the squatter')).toEqual({ status: 'refused' });
  expect(await signIn(email, password)).toMatchObject({ status: 'signedIn', session: { user: { role: 'admin' } } });
});

test('an account known to be somebody’s keeps its password when it gets a role', async () => {
  const who = await newcomer();
  const given = { email: who.email, password: 'never used at all', role: 'viewer' } as const;
  expect(await accounts.appoint(given, { keepPassword: true })).toEqual({ status: 'kept' });
  expect(await signIn(who.email, given.password)).toEqual({ status: 'refused' });
  expect(await signIn(who.email, who.password)).toMatchObject({ session: { user: { role: 'viewer' } } });
});

test('a demo account that is given a role and a password is none any more: its public password never comes back', async () => {
  const demo = { email: `${randomUUID()}@shop.example`, password: 'public-password' };
  await accounts.writeDemo({ ...demo, role: 'admin' });
  const own = { email: demo.email, password: 'made up by the shop', role: 'admin' } as const;
  await accounts.appoint(own, { keepPassword: false });
  await accounts.writeDemo({ ...demo, role: 'admin' });
  expect(await signIn(demo.email, demo.password)).toEqual({ status: 'refused' });
  expect(await signIn(own.email, own.password)).toMatchObject({ status: 'signedIn' });
});
