import { neighbourhood } from '#lib/http/address.ts';
import { problem } from '#lib/http/problem.ts';
import { route } from '#lib/http/route.ts';
import { saleParams } from '#lib/http/schemas.ts';
import { LIMITS } from '#lib/limits.ts';

/** Server-sent events of one sale: `sale` events carry the whole OneSaleAnswer. */
export const GET = route({ who: 'customer', rate: 'live', params: saleParams }, async (call) => {
  const { shop, request, params, customer } = call;
  if (!(await shop.catalog.sale(params.id))) return problem('NOT_FOUND');
  const stream = shop.events.stream(params.id, { customer, address: neighbourhood(call.address) }, request.signal);
  if (stream === 'full') return problem('UNAVAILABLE');
  if (stream === 'tooMany')
    return problem('TOO_MANY_REQUESTS', {}, { 'retry-after': String(LIMITS.retryAfterSeconds) });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
});
