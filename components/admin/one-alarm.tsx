'use client';

import { type ReactNode, useActionState, useId } from 'react';
import { call } from '#components/api.ts';
import { count, dateOf, money } from '#components/format.ts';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import type { AlarmSubject, AlarmsAnswer, CaptureAnswer, HandAnswer } from '#lib/contract.ts';

type Alarm = AlarmsAnswer['alarms'][number];
type Act = 'capture' | 'giveBack' | 'giveUp' | 'close';

/** One thing that a human must look at: what happened to which order's money, and what can be decided about it. */
export function OneAlarm({ alarm, onDone }: { alarm: Alarm; onDone: (outcome: string) => Promise<unknown> }) {
  const messages = useMessages();
  const { alarms: words } = messages.admin;
  const noteId = useId();
  const ofCapture = alarm.kind === 'captureFailed' || alarm.kind === 'captureStuck';
  const [said, act, busy] = useActionState(async (_: string, form: FormData) => {
    const note = String(form.get('reason') ?? '').trim();
    const wanted = form.get('act') as Act;
    if (wanted !== 'capture' && !note) return words.noteMissing;
    try {
      await onDone(await decide(messages, alarm, wanted, note));
      return '';
    } catch {
      return messages.refused.other;
    }
  }, '');
  const choice = (wanted: Act, label: string) => (
    <Button type="submit" name="act" value={wanted} kind="secondary" size="small" off={busy}>
      {label}
    </Button>
  );
  return (
    <li className="flex flex-col gap-3 py-4" data-alarm={alarm.alarmId}>
      <p>
        <strong className="font-semibold">{words.kinds[alarm.kind as keyof typeof words.kinds] ?? alarm.kind}</strong>{' '}
        <span className="wrap-anywhere text-muted">{alarm.detail}</span>
      </p>
      {alarm.about ? <About about={alarm.about} raisedAt={alarm.raisedAt} /> : <Id>{alarm.subject}</Id>}
      {ofCapture && <p className="text-muted text-sm">{words.terms}</p>}
      <form action={act} className="flex flex-wrap items-end gap-3">
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
        {ofCapture ? (
          <>
            {choice('capture', words.again)}
            {choice('giveBack', words.giveBack)}
            {choice('giveUp', words.giveUp)}
          </>
        ) : (
          choice('close', words.close)
        )}
      </form>
      <p role="status" className={said ? 'text-sm' : 'sr-only'}>
        {said}
      </p>
    </li>
  );
}

function About({ about, raisedAt }: { about: AlarmSubject; raisedAt: string }) {
  const { columns, alarms: words } = useMessages().admin;
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[auto_1fr]">
      <Fact name={columns.order}>
        <Link href={`/orders/${about.orderId}`} className="underline decoration-edge underline-offset-4">
          <Id>{about.orderId}</Id>
        </Link>
      </Fact>
      <Fact name={words.amount}>
        <span className="tabular-nums">{money(about.amount, about.currency)}</span>
      </Fact>
      <Fact name={words.payment}>{about.paymentId === null ? words.unknown : <Id>{about.paymentId}</Id>}</Fact>
      <Fact name={words.tries}>
        <span className="tabular-nums">{count(about.tries)}</span>
      </Fact>
      <Fact name={words.since}>
        <time dateTime={raisedAt}>{dateOf(raisedAt)}</time>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

const Id = ({ children }: { children: string }) => <span className="break-all font-mono text-xs">{children}</span>;

/** @returns what came of it, in words */
async function decide(messages: Messages, { alarmId, subject }: Alarm, act: Act, reason: string): Promise<string> {
  const { alarms: words } = messages.admin;
  const post = <Answer,>(path: string, body: object) => call<Answer>(path, { method: 'POST', body });
  const path = orderPath(subject);
  switch (act) {
    case 'capture':
      return (await post<CaptureAnswer>(`${path}/capture`, {})).captured ? words.captured : words.notCaptured;
    case 'giveBack':
      return words.givenBack[(await post<HandAnswer>(`${path}/refund`, { reason })).moneyBack ?? 'pending'];
    case 'giveUp':
      await post<HandAnswer>(`${path}/capture/give-up`, { reason });
      return words.givenUp;
    case 'close':
      await post(`/api/alarms/${encodeURIComponent(alarmId)}/close`, { reason });
      return words.closed;
    default:
      return act satisfies never;
  }
}
