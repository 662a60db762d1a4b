import { unconfirmed } from '#lib/http/account.ts';
import { route } from '#lib/http/route.ts';
import { passwordChange } from '#lib/http/schemas.ts';

/** A new password ends every other session; the own one goes on under a new cookie. */
export const POST = route(
  { who: 'account', rate: 'account', body: passwordChange },
  async ({ shop, session, body }) => {
    const outcome = await shop.accounts.changePassword(session!, body.current, body.next);
    if (outcome.status !== 'done') return unconfirmed(outcome, 'current');
    const setCookie = await shop.accounts.sessions.setCookie({ ...session!, user: outcome.user });
    return new Response(null, {
      status: 204,
      headers: { 'set-cookie': setCookie, 'cache-control': 'private, no-store' },
    });
  },
);
