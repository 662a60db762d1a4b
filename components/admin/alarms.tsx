'use client';

import { useState } from 'react';
import { OneAlarm } from '#components/admin/one-alarm.tsx';
import { useMessages } from '#components/messages/index.ts';
import { useApi } from '#components/use-api.ts';
import type { AlarmsAnswer } from '#lib/contract.ts';

const REFRESH_MS = 5_000;

/** What a human must look at, with what can be done about it; nothing at all when all is well. */
export function Alarms() {
  const messages = useMessages();
  const { data, mutate } = useApi<AlarmsAnswer>('/api/alarms', { refreshInterval: REFRESH_MS });
  const [said, setSaid] = useState(''); // here, since what was dealt with is gone from the list
  const alarms = data?.alarms ?? [];
  if (alarms.length === 0 && !said) return null;
  return (
    <section className="flex flex-col gap-4 rounded-card border border-bad bg-card p-5" aria-labelledby="alarms">
      <h2 id="alarms" className="font-semibold text-xl tracking-tight">
        {messages.admin.alarms.title}
      </h2>
      <p role="status" className={said ? '' : 'sr-only'}>
        {said}
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {alarms.map((alarm) => (
          <OneAlarm
            key={alarm.alarmId}
            alarm={alarm}
            onDone={async (outcome) => {
              setSaid(outcome);
              await mutate();
            }}
          />
        ))}
      </ul>
      {alarms.length === 0 && <p className="text-muted">{messages.admin.alarms.none}</p>}
    </section>
  );
}
