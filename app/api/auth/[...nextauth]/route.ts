import { changeAuth, readAuth } from '#lib/http/auth.ts';
import { route } from '#lib/http/route.ts';

/** next-auth's addresses: csrf, session, and where to go for a page. */
export const GET = route({ who: 'anyone' }, readAuth);

/** callback/credentials signs in, signout signs out. */
export const POST = route({ who: 'anyone', rate: 'account' }, changeAuth);
