import { problem } from '#lib/http/problem.ts';
import { json, route } from '#lib/http/route.ts';
import { alarmParams, withReason } from '#lib/http/schemas.ts';

/** A human has dealt with an alarm, and says how. */
export const POST = route({ who: 'admin', params: alarmParams, body: withReason }, async ({ shop, params, body }) =>
  (await shop.alarms.close(params.id, body.reason)) ? json(200, { alarmId: params.id }) : problem('NOT_FOUND'),
);
