import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Backoff } from '#lib/accounts/backoff.ts';
import type { Passwords } from '#lib/accounts/passwords.ts';
import { type Session, Sessions } from '#lib/accounts/sessions.ts';
import { type User, Users } from '#lib/accounts/users.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models, Role } from '#lib/mongo/models.ts';

export type SignIn =
  | { status: 'signedIn'; session: Session }
  /** The password does not fit, or there is no such account: nobody learns which. */
  | { status: 'refused' }
  | { status: 'wait'; seconds: number };

export type Confirmed = { status: 'done'; user: User } | { status: 'refused' } | { status: 'wait'; seconds: number };

interface Credentials {
  /** In lower case. */
  email: string;
  password: string;
}

/** Accounts: signing up, in and out, and what somebody who is signed in may do with their own account. */
export class Accounts {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly #passwords: Passwords;
  readonly #perAccount: Backoff;
  readonly #perAddress: Backoff;

  constructor(
    { models, redis, passwords }: { models: Pick<Models, 'users'>; redis: Redis; passwords: Passwords },
    settings: { secret: string; secure: boolean; demo: boolean },
  ) {
    this.users = new Users(models);
    this.sessions = new Sessions(this.users, settings);
    this.#passwords = passwords;
    this.#perAccount = new Backoff(redis, 'account', LIMITS.passwordTriesPerAccount);
    this.#perAddress = new Backoff(redis, 'address', LIMITS.passwordTriesPerAddress);
  }

  /** Make an account unless the address has one. The caller learns, and pays, the same either way. */
  async signUp({ email, password }: Credentials): Promise<void> {
    await this.users.insert({ email, passwordHash: await this.#passwords.hash(password), role: 'customer' });
  }

  /**
   * Begin a session. What the guest of this browser has put into carts and ordered is read under the account from now on.
   * @param address the neighbourhood of the caller's IP address
   * @param guest the guest that the browser's cookie names
   */
  async signIn({
    address,
    guest,
    ...credentials
  }: Credentials & { address: string; guest: string | undefined }): Promise<SignIn> {
    const wait = await this.#perAddress.attempt(address);
    if (wait > 0) return { status: 'wait', seconds: wait };
    const checked = await this.#check(credentials);
    if (checked.status !== 'done') return checked;
    await this.#perAddress.giveBack(address);
    const { _id: userId } = checked.user;
    if (guest) await this.users.adopt(userId, guest);
    const begun = { id: randomUUID(), until: new Date(Date.now() + LIMITS.sessionSeconds * 1_000) };
    await this.users.beginSession(userId, begun);
    this.sessions.forget(userId);
    return { status: 'signedIn', session: { user: checked.user, sessionId: begun.id, until: begun.until } };
  }

  /** End one session, also for whoever has a copy of its cookie. */
  async signOut({ user, sessionId }: Session): Promise<void> {
    await this.users.endSession(user._id, sessionId);
    this.sessions.forget(user._id);
  }

  /** @returns `done` with the user as they are now: the own session goes on under a new version, all others have ended */
  async changePassword({ user, sessionId, until }: Session, current: string, next: string): Promise<Confirmed> {
    const checked = await this.confirm(user, current);
    if (checked.status !== 'done') return checked;
    const newHash = await this.#passwords.hash(next);
    const changed = await this.users.changePassword(checked.user, newHash, { id: sessionId, until });
    this.sessions.forget(user._id);
    return changed ? { status: 'done', user: changed } : { status: 'refused' };
  }

  /** Whether somebody who is signed in knows the password too: before what cannot be undone. */
  confirm({ email }: User, password: string): Promise<Confirmed> {
    return this.#check({ email, password });
  }

  /** Delete an account whose owner has confirmed it. @returns false when it has changed since */
  async erase(user: User): Promise<boolean> {
    const erased = await this.users.erase(user);
    this.sessions.forget(user._id);
    return erased;
  }

  /** Give an account a role; makes it if there is none. @param password of a new account */
  async appoint(
    email: string,
    role: Exclude<Role, 'customer'>,
    password: string,
  ): Promise<{ status: 'made' | 'changed' }> {
    if (await this.users.setRole(email, role)) return { status: 'changed' };
    await this.users.insert({ email, passwordHash: await this.#passwords.hash(password), role });
    return { status: 'made' };
  }

  /** Make sure that a demo account is there, with its documented password. */
  async writeDemo({ email, password, role }: Credentials & { role: Role }): Promise<void> {
    await this.users.writeDemo({ email, passwordHash: await this.#passwords.hash(password), role });
  }

  /** One password against one account: one count, one hash, whether or not there is such an account. */
  async #check({ email, password }: Credentials): Promise<Confirmed> {
    const wait = await this.#perAccount.attempt(email);
    if (wait > 0) return { status: 'wait', seconds: wait };
    const user = await this.users.byEmail(email);
    const fits = await this.#passwords.fits(password, user?.passwordHash);
    if (!fits || !user || !this.sessions.mayEnter(user)) return { status: 'refused' };
    await this.#perAccount.forget(email);
    return { status: 'done', user };
  }
}

/** Every customer id whose carts and orders a user reads: the account's own, and the guests it used to be. */
export const customersOf = ({ _id, guests }: User): string[] => [_id, ...guests];
