import type { NextAuthOptions } from 'next-auth';
import type { Accounts, SignIn } from '#lib/accounts/accounts.ts';
import { readCookie } from '#lib/accounts/guests.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import type { Exceeded } from '#lib/rates/index.ts';

/** What next-auth is asked to do. */
export type AuthAction =
  | { action: 'csrf' }
  | { action: 'signOut'; csrfToken: string }
  | {
      action: 'signIn';
      csrfToken: string;
      email: string;
      password: string;
      address: string;
      /** The guest that the browser was until now. */
      guest: string | undefined;
    };

export type AuthAnswer =
  | { status: 'csrf'; csrfToken: string }
  | { status: 'signedIn' | 'signedOut' | 'refused' }
  | { status: 'wait'; exceeded: Exceeded }
  /** The form's CSRF token is not the one of the browser's cookie. */
  | { status: 'foreignForm' };

/**
 * Let next-auth do one thing: make and check CSRF tokens, and make and clear the session cookie. It is handed what the shop
 * has read and checked itself, and no address: neither the Host header nor a callbackUrl reaches it, so where a browser goes
 * next is never its choice.
 * @returns its answer, and the Set-Cookie values that belong to it
 */
export async function runNextAuth(
  accounts: Accounts,
  secret: string,
  request: Request,
  asked: AuthAction,
): Promise<{ answer: AuthAnswer; cookies: string[] }> {
  const { secure, cookieName } = accounts.sessions;
  let signIn: SignIn | undefined;
  let failure: unknown;
  const [{ default: door }, { default: credentials }] = await Promise.all([
    import('next-auth'),
    import('next-auth/providers/credentials'),
  ]);
  const options: NextAuthOptions = {
    secret,
    useSecureCookies: secure,
    cookies: {
      sessionToken: { name: cookieName, options: { httpOnly: true, sameSite: 'lax', path: '/', secure } },
    },
    session: { strategy: 'jwt', maxAge: LIMITS.sessionSeconds },
    jwt: { maxAge: LIMITS.sessionSeconds },
    logger: {
      error: (code) => log().debug({ code }, 'next-auth'),
      warn: () => {},
      debug: () => {},
    },
    providers: [
      callable(credentials)({
        credentials: {},
        async authorize() {
          try {
            if (asked.action === 'signIn') signIn = await accounts.signIn(asked);
          } catch (error) {
            failure = error; // next-auth would put it into an address
          }
          return signIn?.status === 'signedIn' ? { id: signIn.session.user._id } : null;
        },
      }),
    ],
    callbacks: {
      jwt({ token }) {
        if (signIn?.status !== 'signedIn') return token;
        const { user, sessionId } = signIn.session;
        return { sub: user._id, session: sessionId, version: user.sessionVersion };
      },
    },
  };

  const res = new Collected();
  const paths = { csrf: ['csrf'], signOut: ['signout'], signIn: ['callback', 'credentials'] };
  const req = {
    method: asked.action === 'csrf' ? 'GET' : 'POST',
    query: { nextauth: paths[asked.action] },
    body: { json: 'true', csrfToken: 'csrfToken' in asked ? asked.csrfToken : '' },
    cookies: cookiesOf(accounts, request),
    headers: { host: 'localhost' },
  };
  await callable(door)(req as never, res as never, options);
  if (failure !== undefined) throw failure;

  const answered = (answer: AuthAnswer) => ({ answer, cookies: res.cookies });
  if (asked.action === 'csrf') return answered({ status: 'csrf', csrfToken: res.body.csrfToken ?? '' });
  if (res.body.url?.endsWith('csrf=true')) return answered({ status: 'foreignForm' });
  if (asked.action === 'signOut') return answered({ status: 'signedOut' });
  if (!signIn) throw new Error('next-auth has not asked for the account');
  return answered(signIn.status === 'wait' ? signIn : { status: signIn.status });
}

/** A CommonJS module's default: what Next's bundler hands over, Node keeps one level deeper. */
function callable<T>(imported: T): T {
  return typeof imported === 'function' ? imported : (imported as { default: T }).default;
}

/** The two cookies that next-auth reads here; of sessions only one that may be the shop's, since signing out deciphers it. */
function cookiesOf({ sessions }: Accounts, request: Request): Record<string, string> {
  const csrf = `${sessions.secure ? '__Host-' : ''}next-auth.csrf-token`;
  const pairs = [
    [csrf, decoded(readCookie(request, csrf) ?? '')],
    [sessions.cookieName, sessions.cookieOf(request) ?? ''],
  ];
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

/** The part of Next's response that next-auth writes to. */
class Collected {
  body: { csrfToken?: string; url?: string } = {};
  #cookies: string[] = [];

  /** Without the cookie in which next-auth remembers where to go next: the forms say that themselves. */
  get cookies(): string[] {
    return this.#cookies.filter((cookie) => !/^[^=]*callback-url=/.test(cookie));
  }
  status(): this {
    return this;
  }
  getHeader(): string[] {
    return this.#cookies;
  }
  setHeader(name: string, value: string[]): this {
    if (name === 'Set-Cookie') this.#cookies = value;
    return this;
  }
  json(body: Collected['body']): void {
    this.body = body;
  }
  send(body: Collected['body']): void {
    this.body = body;
  }
  end(): void {}
}
