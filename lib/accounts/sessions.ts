import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';
import { readCookie } from '#lib/accounts/guests.ts';
import type { User, Users } from '#lib/accounts/users.ts';
import { LIMITS } from '#lib/limits.ts';

/** What the shop's cookie says, encrypted under NEXTAUTH_SECRET; true only while the account says so too. */
const tokenSchema = z.object({ sub: z.string(), session: z.string(), version: z.number() });
export type SessionToken = z.infer<typeof tokenSchema>;

/** How each of next-auth's own cookies begins: the header that `encode` protects, as JWE writes it. */
const OUR_HEADER = `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}.`;

/** Somebody who is signed in. */
export interface Session {
  user: User;
  sessionId: string;
  until: Date;
}

/**
 * Sessions of signed-in users: next-auth's encrypted cookie, believed only while the account lists the session and has the
 * cookie's `sessionVersion`. Signing out, a new password, another role and deletion end it in the database, whoever has a copy.
 */
export class Sessions {
  readonly cookieName: string;
  readonly secure: boolean;
  readonly #users: Users;
  readonly #secret: string;
  readonly #demo: boolean;
  readonly #known = new Map<string, { user: User; freshUntil: number }>();

  /**
   * @param secure whether browsers reach the shop over https
   * @param demo whether demo accounts are let in
   */
  constructor(users: Users, { secret, secure, demo }: { secret: string; secure: boolean; demo: boolean }) {
    this.#users = users;
    this.#secret = secret;
    this.secure = secure;
    this.#demo = demo;
    // __Host-: no other host of the domain can plant one, so nobody is signed in as somebody else unawares.
    this.cookieName = `${secure ? '__Host-' : ''}next-auth.session-token`;
  }

  /**
   * Who a request's cookie says it is.
   * @param fresh read the account now; otherwise it may be LIMITS.sessionCacheMs old
   */
  async of(request: Pick<Request, 'headers'>, { fresh }: { fresh: boolean }): Promise<Session | undefined> {
    const token = await this.tokenOf(request);
    return token && this.current(token, { fresh });
  }

  /**
   * A request's session cookie, if it is encrypted as the shop's are. A client writes the header itself, and may name one of the
   * ways of JWE that stretch a key ten thousand times before they find that nothing fits.
   */
  cookieOf(request: Pick<Request, 'headers'>): string | undefined {
    const cookie = readCookie(request, this.cookieName);
    return cookie?.startsWith(OUR_HEADER) && cookie.length <= LIMITS.sessionCookieLength ? cookie : undefined;
  }

  /** The token in a request's cookie, if it is one of the shop's: nobody has asked whether its session still runs. */
  async tokenOf(request: Pick<Request, 'headers'>): Promise<SessionToken | undefined> {
    const cookie = this.cookieOf(request);
    if (cookie === undefined) return undefined;
    const payload = await decode({ token: cookie, secret: this.#secret }).catch(() => null);
    const token = tokenSchema.safeParse(payload);
    return token.data;
  }

  /** The session that a token is of, if it still runs. Somebody with a role is looked up each time: a role is never remembered. */
  async current(token: SessionToken, { fresh }: { fresh: boolean }): Promise<Session | undefined> {
    const known = await this.#read(token.sub, fresh);
    const user = known && known.role !== 'customer' && !fresh ? await this.#read(token.sub, true) : known;
    const listed = user?.sessions.find(({ id }) => id === token.session);
    if (!user || !listed || user.sessionVersion !== token.version || listed.until.getTime() <= Date.now())
      return undefined;
    if (!this.mayEnter(user)) return undefined;
    return { user, sessionId: listed.id, until: listed.until };
  }

  /** Demo accounts have public passwords: only a demo shop knows them. */
  mayEnter(user: User): boolean {
    return this.#demo || !user.demo;
  }

  /** @returns the Set-Cookie value of a session that goes on under a new version */
  async setCookie({ user, sessionId, until }: Session): Promise<string> {
    const token: SessionToken = { sub: user._id, session: sessionId, version: user.sessionVersion };
    const maxAge = Math.floor((until.getTime() - Date.now()) / 1_000);
    return this.#cookie(await encode({ token, secret: this.#secret, maxAge }), maxAge);
  }

  /** @returns the Set-Cookie value that makes a browser forget its session */
  clearCookie(): string {
    return this.#cookie('', 0);
  }

  /** The account has changed: this process reads it anew. Others do so within LIMITS.sessionCacheMs. */
  forget(userId: string): void {
    this.#known.delete(userId);
  }

  #cookie(value: string, maxAge: number): string {
    return `${this.cookieName}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`;
  }

  async #read(id: string, fresh: boolean): Promise<User | undefined> {
    const known = this.#known.get(id);
    if (!fresh && known && performance.now() < known.freshUntil) return known.user;
    const freshUntil = performance.now() + LIMITS.sessionCacheMs; // from before the look
    const user = await this.#users.byId(id);
    this.#known.delete(id);
    if (!user) return undefined;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= LIMITS.sessionsCached) this.#known.delete(oldest);
    this.#known.set(id, { user, freshUntil });
    return user;
  }
}
