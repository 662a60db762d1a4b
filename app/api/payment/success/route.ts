import { bankPage } from '#lib/http/bank.ts';
import { route } from '#lib/http/route.ts';
import { orderBody } from '#lib/http/schemas.ts';

/** The shopper pays on the sandbox's bank page. */
export const POST = route({ who: 'customer', rate: 'payment', fresh: true, body: orderBody }, (call) =>
  bankPage(call, 'authorized'),
);
