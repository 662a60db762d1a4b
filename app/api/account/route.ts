import type { AccountAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { newAccount } from '#lib/http/schemas.ts';

/** Who is signed in; being nobody is no error. */
export const GET = route({ who: 'customer', fresh: true }, async ({ session }) => {
  if (!session) return json(200, { account: null } satisfies AccountAnswer);
  const { email, role, createdAt } = session.user;
  return json(200, { account: { email, role, createdAt: createdAt.toISOString() } } satisfies AccountAnswer);
});

/** Sign up. Whether the address had an account already is not said: signing in with the password shows it. */
export const POST = route({ who: 'anyone', rate: 'signUp', body: newAccount }, async ({ shop, body }) => {
  await shop.accounts.signUp(body);
  return json(202, { status: 'accepted' });
});
