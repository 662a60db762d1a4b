import { randomUUID } from 'node:crypto';
import type { Problem } from '#lib/contract.ts';
import type { Answer, CallOptions, ShopClient, Shopper } from '#tests/support/http.ts';

export interface Somebody {
  email: string;
  password: string;
}

export const somebody = (): Somebody => ({
  email: `${randomUUID()}@shop.example`,
  password: `correct horse ${randomUUID()}`,
});

export const signUp = (shopper: Shopper, { email, password }: Somebody) =>
  shopper.call<{ status: string } & Partial<Problem>>('POST', '/api/account', { body: { email, password } });

export const csrfToken = async (shopper: Shopper) =>
  (await shopper.call<{ csrfToken: string }>('GET', '/api/auth/csrf')).body.csrfToken;

/** Post next-auth's form as its own client does. */
export async function post(
  shopper: Shopper,
  action: 'callback/credentials' | 'signout',
  fields: Record<string, string>,
  options: CallOptions = {},
): Promise<Answer<{ url?: string } & Partial<Problem>>> {
  const form = new URLSearchParams({ csrfToken: await csrfToken(shopper), json: 'true', ...fields });
  return shopper.call('POST', `/api/auth/${action}`, {
    raw: form.toString(),
    ...options,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
  });
}

export const signIn = (shopper: Shopper, { email, password }: Somebody, options: CallOptions = {}) =>
  post(shopper, 'callback/credentials', { email, password }, options);

export const signOut = (shopper: Shopper) => post(shopper, 'signout', {});

/** Who the shop says is signed in. */
export async function whoAmI(shopper: Shopper): Promise<string | null> {
  const { body } = await shopper.call<{ account: { email: string } | null }>('GET', '/api/account');
  return body.account?.email ?? null;
}

/** Somebody new who is signed in, in a browser of their own. */
export async function member(client: ShopClient, who: Somebody = somebody()): Promise<Shopper & { who: Somebody }> {
  const shopper = client.shopper();
  await signUp(shopper, who);
  const answer = await signIn(shopper, who);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer));
  return Object.assign(shopper, { who });
}

/** Every call that changes something of an order of somebody's. */
export const actsOn = (orderId: string, delivery: object): [method: string, path: string, body?: object][] => [
  ['POST', `/api/orders/${orderId}/cancel`],
  ['POST', `/api/orders/${orderId}/extend`],
  ['PUT', `/api/orders/${orderId}/delivery`, delivery],
  ['POST', '/api/payment/start', { orderId }],
  ['POST', '/api/payment/success', { orderId }],
  ['POST', '/api/payment/fail', { orderId }],
];
