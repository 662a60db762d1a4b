import { neighbourhood } from '#lib/http/address.ts';
import { problem, tooMany } from '#lib/http/problem.ts';
import { route } from '#lib/http/route.ts';
import { saleParams } from '#lib/http/schemas.ts';
import { LIMITS } from '#lib/limits.ts';

/** How many streams may be open at once, said as a rate: one is free again when another is closed, which may be soon. */
const openAtOnce = (by: string, points: number) => {
  const retryAfterSeconds = LIMITS.retryAfterSeconds;
  return { name: `open-${by}`, points, windowSeconds: retryAfterSeconds, retryAfterSeconds };
};
const OPEN_AT_ONCE = {
  customer: openAtOnce('customer', LIMITS.sseClientsPerCustomer),
  address: openAtOnce('address', LIMITS.sseClientsPerAddress),
};

/** Server-sent events of one sale: `sale` events carry the whole OneSaleAnswer. */
export const GET = route({ who: 'customer', rate: 'live', params: saleParams }, async (call) => {
  const { shop, request, params, customer } = call;
  if (!(await shop.catalog.sale(params.id))) return problem('NOT_FOUND');
  const stream = shop.events.stream(params.id, { customer, address: neighbourhood(call.address) }, request.signal);
  if (stream === 'full') return problem('UNAVAILABLE');
  if (typeof stream === 'string') return tooMany(OPEN_AT_ONCE[stream]);
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
});
