'use client';

import { useServerTime } from '#components/clock/use-server-time.ts';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';

export const secondsUntil = (atMs: number) => (nowMs: number) => Math.max(0, Math.ceil((atMs - nowMs) / 1_000));

/** Ticking digits for the eye; for assistive technology a timer with a name and the end's time of day. */
export function Countdown({ until, label, className }: { until: string; label: string; className?: string }) {
  const { digits } = useMessages().clock;
  const seconds = useServerTime(secondsUntil(Date.parse(until)));
  return (
    <span role="timer" aria-label={label} className={className}>
      <span aria-hidden="true" className="tabular-nums">
        {seconds === null ? '' : digits(seconds)}
      </span>
      <time dateTime={until} className="sr-only">
        {momentOf(until)}
      </time>
    </span>
  );
}
