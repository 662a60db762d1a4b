import { problem } from '#lib/http/problem.ts';
import { route } from '#lib/http/route.ts';
import { saleParams } from '#lib/http/schemas.ts';

/** Server-sent events of one sale: `sale` events carry the whole OneSaleAnswer. */
export const GET = route({ who: 'anyone', params: saleParams }, async ({ shop, request, params }) => {
  if (!(await shop.catalog.sale(params.id))) return problem('NOT_FOUND');
  const stream = shop.events.stream(params.id, request.signal);
  if (!stream) return problem('UNAVAILABLE');
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
});
