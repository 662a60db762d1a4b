import { customersOf } from '#lib/accounts/index.ts';
import { unconfirmed } from '#lib/http/account.ts';
import { route } from '#lib/http/route.ts';
import { passwordOnly } from '#lib/http/schemas.ts';

/**
 * Delete the account: its carts and delivery details first, then itself, so that a repeat ends what an interruption has left.
 * Orders stay, without delivery details, under customer ids that lead to nobody any more.
 */
export const POST = route({ who: 'account', rate: 'account', body: passwordOnly }, async ({ shop, session, body }) => {
  const confirmed = await shop.accounts.confirm(session!.user, body.password);
  if (confirmed.status !== 'done') return unconfirmed(confirmed, 'password');
  const customers = customersOf(confirmed.user);
  await Promise.all([shop.deliveries.erase(customers), shop.carts.erase(customers)]);
  if (!(await shop.accounts.erase(confirmed.user))) return unconfirmed({ status: 'refused' }, 'password');
  const headers = new Headers({ 'cache-control': 'private, no-store' });
  headers.append('set-cookie', shop.accounts.sessions.clearCookie());
  headers.append('set-cookie', shop.guests.clearCookie());
  return new Response(null, { status: 204, headers });
});
