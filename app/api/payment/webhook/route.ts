import { crashPoint } from '#lib/crash.ts';
import { readText } from '#lib/http/body.ts';
import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { log } from '#lib/log.ts';
import { process, tellOtherMode } from '#lib/payments/index.ts';

/** An event from the provider: acknowledged once it is stored, whether or not it could be settled at once. */
export const POST = route({ who: 'anyone', rate: 'webhook', anyOrigin: true }, async ({ shop, request }) => {
  const verified = shop.provider.verify(await readText(request), request.headers);
  if (verified.status === 'otherMode') await tellOtherMode(shop, verified);
  if (verified.status === 'otherMode' || verified.status === 'ignored') return json(200, { received: true });
  if (verified.status !== 'verified') {
    return verified.status === 'badSignature'
      ? problem('INVALID_SIGNATURE')
      : problem('INVALID_REQUEST', { detail: 'not an event of this provider' });
  }
  const { event, done } = await shop.inbox.store(verified.event);
  crashPoint('after_inbox');
  if (!done) {
    await process(shop, event).catch((err: unknown) =>
      log().warn({ err, eventId: event.eventId }, 'event waits in the inbox'),
    );
  }
  return json(200, { received: true });
});
