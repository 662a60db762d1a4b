import { byHand } from '#lib/http/by-hand.ts';
import { route } from '#lib/http/route.ts';
import { orderParams, withReason } from '#lib/http/schemas.ts';
import { giveUp } from '#lib/payments/index.ts';

/** The merchant tries no more to take the money of a PAID order, and says how it was settled. */
export const POST = route({ who: 'admin', params: orderParams, body: withReason }, (call) => byHand(call, giveUp));
