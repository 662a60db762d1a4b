import type { CurrentCartAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { noBody } from '#lib/http/schemas.ts';
import { toCartAnswer } from '#lib/http/views.ts';

/** The newest open cart: how a browser that has just signed in finds it. */
export const GET = route({ who: 'customer' }, async ({ shop, customers }) => {
  const [cart] = customers.length > 0 ? await shop.carts.ofCustomers(customers, { status: 'open', limit: 1 }) : [];
  return json(200, { cart: cart ? await toCartAnswer(shop, cart) : null } satisfies CurrentCartAnswer);
});

export const POST = route({ who: 'guest', body: noBody }, async ({ shop, customer }) =>
  json(201, await toCartAnswer(shop, await shop.carts.create(customer))),
);
