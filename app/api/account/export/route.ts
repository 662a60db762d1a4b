import { exportOf } from '#lib/http/account.ts';
import { json, route } from '#lib/http/route.ts';

/** Everything that the shop keeps about the account, as a file. */
export const GET = route({ who: 'account', rate: 'account' }, async ({ shop, session }) =>
  json(200, await exportOf(shop, session!.user), {
    'content-disposition': 'attachment; filename="holdfast-account.json"',
  }),
);
