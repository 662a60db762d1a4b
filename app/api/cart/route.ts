import { json, route } from '#lib/http/route.ts';
import { noBody } from '#lib/http/schemas.ts';
import { toCartAnswer } from '#lib/http/views.ts';

export const POST = route({ who: 'guest', body: noBody }, async ({ shop, customer }) =>
  json(201, await toCartAnswer(shop, await shop.carts.create(customer))),
);
