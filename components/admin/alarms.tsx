'use client';

import { useActionState, useId } from 'react';
import { call } from '#components/api.ts';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { useApi } from '#components/use-api.ts';
import type { AlarmsAnswer, CaptureAnswer } from '#lib/contract.ts';

const PATH = '/api/alarms';
const REFRESH_MS = 5_000;

type Alarm = AlarmsAnswer['alarms'][number];

/** What a human must look at, with what can be done about it; nothing at all when all is well. */
export function Alarms() {
  const messages = useMessages();
  const { data, mutate } = useApi<AlarmsAnswer>(PATH, { refreshInterval: REFRESH_MS });
  const alarms = data?.alarms ?? [];
  if (alarms.length === 0) return null;
  return (
    <section className="flex flex-col gap-4 rounded-card border border-bad bg-card p-5" aria-labelledby="alarms">
      <h2 id="alarms" className="font-semibold text-xl tracking-tight">
        {messages.admin.alarms.title}
      </h2>
      <ul className="flex flex-col divide-y divide-line">
        {alarms.map((alarm) => (
          <OneAlarm key={alarm.alarmId} alarm={alarm} changed={() => mutate()} />
        ))}
      </ul>
    </section>
  );
}

function OneAlarm({ alarm, changed }: { alarm: Alarm; changed: () => Promise<unknown> }) {
  const messages = useMessages();
  const { alarms: words } = messages.admin;
  const noteId = useId();
  const retries = alarm.kind === 'captureFailed' || alarm.kind === 'captureStuck';
  const [said, act, busy] = useActionState(async (_: string, form: FormData) => {
    try {
      if (form.get('act') === 'capture') {
        const path = `/api/orders/${alarm.subject}/capture`;
        const { captured } = await call<CaptureAnswer>(path, { method: 'POST', body: {} });
        await changed();
        return captured ? words.captured : words.notCaptured;
      }
      const reason = String(form.get('reason') ?? '').trim();
      if (!reason) return words.noteMissing;
      await call(`${PATH}/${encodeURIComponent(alarm.alarmId)}/close`, { method: 'POST', body: { reason } });
      await changed();
      return words.closed;
    } catch {
      return messages.refused.other;
    }
  }, '');
  return (
    <li className="flex flex-col gap-3 py-4" data-alarm={alarm.alarmId}>
      <p>
        <strong className="font-semibold">{words.kinds[alarm.kind as keyof typeof words.kinds] ?? alarm.kind}</strong>{' '}
        <span className="text-muted">{alarm.detail}</span>
      </p>
      <p className="break-all font-mono text-muted text-xs">{alarm.subject}</p>
      <form action={act} className="flex flex-wrap items-end gap-3">
        {retries && (
          <Button type="submit" name="act" value="capture" kind="secondary" size="small" off={busy} formNoValidate>
            {words.again}
          </Button>
        )}
        <label htmlFor={noteId} className="flex min-w-56 flex-1 flex-col gap-1">
          <span className="font-semibold text-sm">{words.note}</span>
          <input
            id={noteId}
            name="reason"
            maxLength={200}
            autoComplete="off"
            className="min-h-11 rounded-xl border border-edge bg-paper px-3"
          />
        </label>
        <Button type="submit" name="act" value="close" kind="secondary" size="small" off={busy}>
          {words.close}
        </Button>
      </form>
      <p role="status" className={said ? 'text-sm' : 'sr-only'}>
        {said}
      </p>
    </li>
  );
}
