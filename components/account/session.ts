'use client';

import { knownAccount } from '#components/account/known-account.ts';
import { call } from '#components/api.ts';
import { knownShopper, storedCart } from '#components/cart/stored-cart.ts';
import type { CurrentCartAnswer } from '#lib/contract.ts';
import { samePath } from '#lib/same-path.ts';

const csrfToken = async () => (await call<{ csrfToken: string }>('/api/auth/csrf')).csrfToken;

/** Where the page was asked to go on to, if that is a page of this shop. */
export const nextPath = () => samePath(new URLSearchParams(location.search).get('next'));

/**
 * Sign in, and go on with a fresh page, so that nothing that was shown to somebody else stays.
 * @throws {ApiProblem} SIGN_IN_REFUSED, TOO_MANY_REQUESTS, INVALID_REQUEST …
 */
export async function signIn(email: string, password: string): Promise<void> {
  await call('/api/auth/callback/credentials', {
    method: 'POST',
    body: { csrfToken: await csrfToken(), email, password },
  });
  knownAccount.write(true);
  knownShopper.write(true);
  if (!storedCart.read()) await findCart().catch(() => {}); // the cart can be found again later
  location.assign(nextPath());
}

/** Make an account unless the address has one, then sign in. Whether there was one already, only the password shows. */
export async function signUp(email: string, password: string): Promise<void> {
  await call('/api/account', { method: 'POST', body: { email, password } });
  await signIn(email, password);
}

export async function signOut(): Promise<void> {
  await call('/api/auth/signout', { method: 'POST', body: { csrfToken: await csrfToken() } });
  forgetSession();
  location.assign('/');
}

/** Nobody is signed in with this browser any more. */
export function forgetSession(): void {
  knownAccount.write(null);
  knownShopper.write(null);
  storedCart.write(null);
}

/** The cart that was begun on another device. */
async function findCart(): Promise<void> {
  const { cart } = await call<CurrentCartAnswer>('/api/cart');
  if (cart) storedCart.write({ cartId: cart.cartId, orders: {} });
}
