import { customersOf, type Session } from '#lib/accounts/index.ts';
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
  /** Whose carts and orders the caller has: the account's and those of the guests it used to be, or the one guest's. */
  customers: readonly string[];
  session: Session | undefined;
  isAdmin: boolean;
}

/**
 * Who is asking, if they may.
 * @param fresh look the account up now, not up to LIMITS.sessionCacheMs ago; for roles and accounts' own calls that is a must
 * @throws {RequestError} UNAUTHORIZED or SIGN_IN_REQUIRED for nobody, FORBIDDEN for an account without the role
 */
export async function callerOf(
  shop: Pick<HoldfastProcess, 'accounts' | 'adminKey' | 'guests'>,
  request: Request,
  { who, fresh = false }: { who: Who; fresh?: boolean | undefined },
): Promise<Caller> {
  const key = shop.adminKey.of(request);
  if (who === 'anyone') return { customer: '', customers: [], session: undefined, isAdmin: key === 'right' };
  const must = who === 'account' || who === 'viewer' || who === 'admin';
  const session = await shop.accounts.sessions.of(request, { fresh: fresh || must });
  const role = key === 'none' ? session?.user.role : undefined; // whoever sends a key is judged by it alone
  const isAdmin = key === 'right' || role === 'admin';
  if (who === 'account' && !session) throw new RequestError('SIGN_IN_REQUIRED');
  if ((who === 'admin' && !isAdmin) || (who === 'viewer' && !isAdmin && role !== 'viewer')) {
    if (role === undefined) throw new RequestError('UNAUTHORIZED');
    throw new RequestError('FORBIDDEN', { title: 'This account may not do that' });
  }
  if (session) return { customer: session.user._id, customers: customersOf(session.user), session, isAdmin };
  const guest = shop.guests.of(request);
  return { customer: guest ?? '', customers: guest ? [guest] : [], session, isAdmin };
}
