import { z } from 'zod';
import { runNextAuth } from '#lib/accounts/index.ts';
import { neighbourhood } from '#lib/http/address.ts';
import { readJson, readText } from '#lib/http/body.ts';
import { stillGuest } from '#lib/http/caller.ts';
import { problem, RequestError, tooMany } from '#lib/http/problem.ts';
import { type Call, json, methodNotAllowed, parse } from '#lib/http/route.ts';
import { signInForm, signOutForm } from '#lib/http/schemas.ts';
import { samePath } from '#lib/same-path.ts';

type AuthCall = Pick<Call<unknown, unknown, unknown>, 'shop' | 'request' | 'address'>;

const POSTS = ['callback/credentials', 'signout'];

/** What GET /api/auth/… answers: the CSRF token, the session, or the shop's own page in place of next-auth's. */
export async function readAuth({ shop, request }: AuthCall): Promise<Response> {
  const { searchParams } = new URL(request.url);
  switch (actionOf(request)) {
    case 'csrf': {
      const { answer, cookies } = await runNextAuth(shop.accounts, shop.env.NEXTAUTH_SECRET, request, {
        action: 'csrf',
      });
      return withCookies(json(200, { csrfToken: answer.status === 'csrf' ? answer.csrfToken : '' }), cookies);
    }
    case 'session': {
      const session = await shop.accounts.sessions.of(request, { fresh: true });
      const { email, role } = session?.user ?? {};
      return json(200, session ? { user: { email, role }, expires: session.until.toISOString() } : {});
    }
    case 'signin':
      return goTo(signInPage(samePath(searchParams.get('callbackUrl'))));
    case 'signout':
      return goTo('/account');
    case 'error':
      return goTo(signInPage('/'));
    case 'callback/credentials':
      return methodNotAllowed(['POST']);
    default:
      return problem('NOT_FOUND');
  }
}

/** Signing in and out. A plain form is answered with a redirect, anything that says json=true (or sends JSON) with JSON. */
export async function changeAuth({ shop, request, address }: AuthCall): Promise<Response> {
  const action = actionOf(request);
  if (!POSTS.includes(action)) return GETS.includes(action) ? methodNotAllowed(['GET', 'HEAD']) : problem('NOT_FOUND');
  const { form, wantsJson } = await readForm(request);
  const to = samePath(form.callbackUrl);
  const next = action === 'signout' ? signOut(form) : signIn(form);
  const { answer, cookies } = await runNextAuth(shop.accounts, shop.env.NEXTAUTH_SECRET, request, next);
  switch (answer.status) {
    case 'signedOut': {
      const session = await shop.accounts.sessions.of(request, { fresh: true });
      if (!session) return done([...cookies, shop.guests.clearCookie()]);
      const guest = await stillGuest(shop, shop.guests.of(request), true);
      if (guest) await shop.accounts.adopt(session.user._id, guest);
      await shop.accounts.signOut(session);
      return done([...cookies, ...(await withoutGuest())]);
    }
    case 'signedIn':
      return done([...cookies, ...(await withoutGuest())]);
    case 'refused':
      return refused('refused', problem('SIGN_IN_REFUSED'));
    case 'wait':
      return refused('wait', tooMany(answer.exceeded));
    case 'foreignForm':
      return refused(
        'form',
        problem('FORBIDDEN', { title: 'The CSRF token does not fit: fetch /api/auth/csrf first' }),
      );
    case 'csrf':
      throw new Error('nobody has asked for a token');
    default:
      return answer satisfies never;
  }

  function signIn(given: Record<string, unknown>) {
    const { csrfToken, email, password } = parse(signInForm, given, 'INVALID_REQUEST') as z.infer<typeof signInForm>;
    const caller = { address: neighbourhood(address), guest: shop.guests.of(request) };
    return { action: 'signIn', csrfToken, email, password, ...caller } as const;
  }
  function signOut(given: Record<string, unknown>) {
    const { csrfToken } = parse(signOutForm, given, 'INVALID_REQUEST') as z.infer<typeof signOutForm>;
    return { action: 'signOut', csrfToken } as const;
  }
  /** The browser gives up its guest, so that nobody finds it there; but one for whom the account had no room goes on. */
  async function withoutGuest(): Promise<string[]> {
    return (await stillGuest(shop, shop.guests.of(request), true)) ? [] : [shop.guests.clearCookie()];
  }
  function done(set: string[]): Response {
    return withCookies(wantsJson ? json(200, { url: to }) : goTo(to), set);
  }
  function refused(why: string, answered: Response): Response {
    return wantsJson ? answered : goTo(`${signInPage(to)}&trouble=${why}`);
  }
}

const GETS = ['csrf', 'session', 'signin', 'error'];
const signInPage = (next: string) => `/signin?next=${encodeURIComponent(next)}`;
const actionOf = (request: Request) => new URL(request.url).pathname.replace(/^\/api\/auth\/|\/$/g, '');

const goTo = (path: string) =>
  new Response(null, { status: 302, headers: { location: path, 'cache-control': 'private, no-store' } });

function withCookies(response: Response, cookies: string[]): Response {
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  return response;
}

const fields = z.record(z.string(), z.unknown());

async function readForm(request: Request): Promise<{ form: Record<string, unknown>; wantsJson: boolean }> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    const form = Object.fromEntries(new URLSearchParams(await readText(request)));
    return { form, wantsJson: form.json === 'true' };
  }
  const form = fields.safeParse(await readJson(request));
  if (!form.success) throw new RequestError('INVALID_REQUEST', { field: 'body', detail: 'must be an object' });
  return { form: form.data, wantsJson: true };
}
