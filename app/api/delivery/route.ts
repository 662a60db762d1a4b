import type { SavedDeliveryAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { delivery } from '#lib/http/schemas.ts';

/** What a customer has saved for their orders to come. */
export const GET = route({ who: 'customer' }, async ({ shop, customers }) => {
  const saved = await shop.deliveries.find(customers);
  return json(200, { delivery: saved ?? null } satisfies SavedDeliveryAnswer);
});

export const PUT = route({ who: 'guest', fresh: true, body: delivery }, async ({ shop, customer, body }) => {
  await shop.deliveries.save(customer, body);
  return json(200, { delivery: body } satisfies SavedDeliveryAnswer);
});

/** Forget them. Orders keep theirs. */
export const DELETE = route({ who: 'customer', fresh: true }, async ({ shop, customers }) => {
  await shop.deliveries.forget(customers);
  return json(200, { delivery: null } satisfies SavedDeliveryAnswer);
});
