import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { adminKey } from '#lib/http/schemas.ts';

const answered = (cookie: string) =>
  new Response(null, { status: 204, headers: { 'set-cookie': cookie, 'cache-control': 'no-store' } });

/** Whether this browser may act as the merchant: asked by the page, so that being nobody is no error. */
export const GET = route({ who: 'anyone' }, async ({ isAdmin }) => json(200, { signedIn: isAdmin }));

/** The admin key, pasted into the page, becomes an HttpOnly cookie. */
export const POST = route({ who: 'anyone', body: adminKey }, async ({ shop, body }) =>
  shop.admins.isKey(body.key) ? answered(shop.admins.cookie(true)) : problem('UNAUTHORIZED'),
);

export const DELETE = route({ who: 'anyone' }, async ({ shop }) => answered(shop.admins.cookie(false)));
