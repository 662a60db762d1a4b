import { customersOf, type Session, type SessionToken } from '#lib/accounts/index.ts';
import { RequestError } from '#lib/http/problem.ts';
import type { HoldfastProcess } from '#lib/process.ts';

/**
 * Who may call: `anyone` is not even asked who they are; `customer` may be nobody, who then finds nothing; `guest` makes
 * nobody a guest; `account` wants somebody signed in; `viewer` and `admin` want that role, or the admin key.
 */
export type Who = 'anyone' | 'customer' | 'guest' | 'account' | 'viewer' | 'admin';

/** Who is asking. */
export interface Caller {
  /** Who makes carts and reserves: the account, else the guest; empty for nobody. */
  customer: string;
  /** Whose carts and orders the caller has: the account's and those of the guests it used to be, and the browser's guest's. */
  customers: readonly string[];
  session: Session | undefined;
  isAdmin: boolean;
}

/** Whom a request's cookies name. Their signatures have been checked, what became of them since has not. */
export interface Named {
  token: SessionToken | undefined;
  guest: string | undefined;
}

/** Whom a request names, from its cookies alone: no store is asked. */
export async function namedBy(
  { accounts, guests }: Pick<HoldfastProcess, 'accounts' | 'guests'>,
  request: Request,
): Promise<Named> {
  return { token: await accounts.sessions.tokenOf(request), guest: guests.of(request) };
}

/**
 * Who is asking, if they may.
 * @param named what `namedBy` has answered
 * @param fresh look the account up now, not up to LIMITS.sessionCacheMs ago; for roles and accounts' own calls that is a must; the same for what became of a guest
 * @param trustGuest take the guest that a cookie names without looking up what became of it
 * @throws {RequestError} UNAUTHORIZED or SIGN_IN_REQUIRED for nobody, FORBIDDEN for an account without the role
 */
export async function callerOf(
  shop: Pick<HoldfastProcess, 'accounts' | 'adminKey'>,
  request: Request,
  named: Named,
  {
    who,
    fresh = false,
    trustGuest = false,
  }: { who: Who; fresh?: boolean | undefined; trustGuest?: boolean | undefined },
): Promise<Caller> {
  const key = shop.adminKey.of(request);
  if (who === 'anyone') return { customer: '', customers: [], session: undefined, isAdmin: key === 'right' };
  const must = who === 'account' || who === 'viewer' || who === 'admin';
  const session = named.token && (await shop.accounts.sessions.current(named.token, { fresh: fresh || must }));
  const role = key === 'none' ? session?.user.role : undefined; // whoever sends a key is judged by it alone
  const isAdmin = key === 'right' || role === 'admin';
  if (who === 'account' && !session) throw new RequestError('SIGN_IN_REQUIRED');
  if ((who === 'admin' && !isAdmin) || (who === 'viewer' && !isAdmin && role !== 'viewer')) {
    if (role === undefined) throw new RequestError('UNAUTHORIZED');
    throw new RequestError('FORBIDDEN', { title: 'This account may not do that' });
  }
  const guest = trustGuest ? named.guest : await stillGuest(shop, named.guest, fresh || must);
  const own = session ? customersOf(session.user) : [];
  return { customer: own[0] ?? guest ?? '', customers: guest ? [...own, guest] : own, session, isAdmin };
}

/** The guest that a browser's cookie names, unless an account has been it: then the cookie is a copy of what its browser gave up. */
export async function stillGuest(
  { accounts }: Pick<HoldfastProcess, 'accounts'>,
  guest: string | undefined,
  fresh: boolean,
): Promise<string | undefined> {
  return guest === undefined || (await accounts.adopted.has(guest, { fresh })) ? undefined : guest;
}
