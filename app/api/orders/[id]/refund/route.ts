import { byHand } from '#lib/http/by-hand.ts';
import { route } from '#lib/http/route.ts';
import { orderParams, withReason } from '#lib/http/schemas.ts';
import { refund } from '#lib/payments/index.ts';

/** The merchant gives the money of a PAID order back. The order stays PAID and its units sold: to sell one again, mint a new one. */
export const POST = route({ who: 'admin', params: orderParams, body: withReason }, (call) => byHand(call, refund));
