import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { AdoptedGuests } from '#lib/accounts/adopted.ts';
import { named, passwordWait } from '#lib/accounts/backoff.ts';
import { Guesses, type TriedFrom } from '#lib/accounts/guesses.ts';
import type { Passwords } from '#lib/accounts/passwords.ts';
import { type Session, Sessions } from '#lib/accounts/sessions.ts';
import { type Adoption, type User, type UserModels, Users } from '#lib/accounts/users.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import type { Role } from '#lib/mongo/models.ts';
import type { Exceeded, Rates } from '#lib/rates/index.ts';

export type SignIn =
  | { status: 'signedIn'; session: Session }
  /** The password does not fit, or there is no such account: nobody learns which. */
  | { status: 'refused' }
  | { status: 'wait'; exceeded: Exceeded };

export type Confirmed = { status: 'done'; user: User } | { status: 'refused' } | { status: 'wait'; exceeded: Exceeded };

interface Credentials {
  /** In lower case. */
  email: string;
  password: string;
}

/** Accounts: signing up, in and out, and what somebody who is signed in may do with their own account. */
export class Accounts {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly adopted: AdoptedGuests;
  readonly #passwords: Passwords;
  readonly #guesses: Guesses;
  readonly #rates: Pick<Rates, 'look' | 'take'>;

  constructor(
    {
      models,
      redis,
      passwords,
      rates,
    }: { models: UserModels; redis: Redis; passwords: Passwords; rates: Pick<Rates, 'look' | 'take'> },
    settings: { secret: string; secure: boolean; demo: boolean },
  ) {
    this.users = new Users(models);
    this.sessions = new Sessions(this.users, settings);
    this.adopted = new AdoptedGuests(this.users);
    this.#passwords = passwords;
    this.#guesses = new Guesses(redis);
    this.#rates = rates;
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
    const whose = { customer: named(`${credentials.email} ${address}`) };
    const exceeded = this.#rates.look('signIn', whose);
    if (exceeded) return { status: 'wait', exceeded: passwordWait(exceeded.retryAfterSeconds) };
    const checked = await this.#check(credentials, { address });
    if (checked.status !== 'wait') this.#rates.take('signIn', whose); // no more are on the way than may be wrong
    if (checked.status !== 'done') return checked;
    const { _id: userId } = checked.user;
    if (guest) await this.adopt(userId, guest);
    const begun = { id: randomUUID(), until: new Date(Date.now() + LIMITS.sessionSeconds * 1_000) };
    await this.users.beginSession(userId, begun);
    this.sessions.forget(userId);
    return { status: 'signedIn', session: { user: checked.user, sessionId: begun.id, until: begun.until } };
  }

  /** Let an account read what a guest has. What it has no room for stays the guest's, whose cookie goes on. */
  async adopt(userId: string, guest: string): Promise<Adoption> {
    const adoption = await this.users.adopt(userId, guest);
    this.adopted.forget(guest);
    this.sessions.forget(userId);
    if (adoption === 'full') log().warn({ userId }, 'an account has no room for one more guest with orders');
    return adoption;
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
    return this.#check({ email, password }, 'session');
  }

  /** Delete an account whose owner has confirmed it. @returns false when it has changed since */
  async erase(user: User): Promise<boolean> {
    const erased = await this.users.erase(user);
    this.sessions.forget(user._id);
    return erased;
  }

  /**
   * Give an account a role; makes it if there is none. Nobody has shown that an address is theirs when they signed up with it,
   * so an account that is there already gets the new password too: otherwise whoever was first would have the role.
   * @param keepPassword leave an account that is there its own password
   */
  async appoint(
    { email, password, role }: Credentials & { role: Exclude<Role, 'customer'> },
    { keepPassword }: { keepPassword: boolean },
  ): Promise<{ status: 'made' | 'changed' | 'kept' }> {
    const passwordHash = await this.#passwords.hash(password);
    const change = () => this.users.setRole(email, role, keepPassword ? undefined : passwordHash);
    const changed = { status: keepPassword ? 'kept' : 'changed' } as const;
    if (await change()) return changed;
    if (await this.users.insert({ email, passwordHash, role })) return { status: 'made' };
    if (await change()) return changed; // somebody has signed up with the address in between
    throw new Error('the account comes and goes: try again');
  }

  /** Make sure that a demo account is there, with its documented password. */
  async writeDemo({ email, password, role }: Credentials & { role: Role }): Promise<void> {
    await this.users.writeDemo({ email, passwordHash: await this.#passwords.hash(password), role });
  }

  /** One password against one account: one count, one hash, whether or not there is such an account. */
  async #check({ email, password }: Credentials, from: TriedFrom): Promise<Confirmed> {
    const begun = await this.#guesses.begin(email, from);
    if (begun.status === 'wait') return begun;
    try {
      const user = await this.users.byEmail(email);
      const fits = await this.#passwords.fits(password, user?.passwordHash);
      if (!fits || !user || !this.sessions.mayEnter(user)) return { status: 'refused' };
      await begun.right();
      return { status: 'done', user };
    } catch (error) {
      await begun.undecided().catch(() => {}); // Redis may be what is away
      throw error;
    }
  }
}

/** Every customer id whose carts and orders a user reads: the account's own, and the guests it used to be. */
export const customersOf = ({ _id, guests }: User): string[] => [_id, ...guests];
