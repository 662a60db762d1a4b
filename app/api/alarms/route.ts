import type { AlarmsAnswer } from '#lib/contract.ts';
import { json, route } from '#lib/http/route.ts';
import { alarmSubjects } from '#lib/payments/index.ts';

/** What a human must look at, oldest first. */
export const GET = route({ who: 'viewer' }, async ({ shop }) => {
  const alarms = await shop.alarms.open();
  const subjects = await alarmSubjects(shop.models, alarms);
  return json(200, {
    alarms: alarms.map(({ _id, kind, subject, detail, raisedAt }) => ({
      alarmId: _id,
      kind,
      subject,
      detail,
      raisedAt: raisedAt.toISOString(),
      about: subjects.get(_id) ?? null,
    })),
  } satisfies AlarmsAnswer);
});
