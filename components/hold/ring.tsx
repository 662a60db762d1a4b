'use client';

import { Countdown, secondsUntil } from '#components/clock/countdown.tsx';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { useMessages } from '#components/messages/index.ts';

const RADIUS = 54;
const AROUND = 2 * Math.PI * RADIUS;

/** The time left of a hold, as a ring that empties and digits inside it. */
export function Ring({ from, until }: { from: string; until: string }) {
  const messages = useMessages();
  const wholeSeconds = Math.max(1, (Date.parse(until) - Date.parse(from)) / 1_000);
  const seconds = useServerTime(secondsUntil(Date.parse(until))) ?? wholeSeconds;
  const left = Math.min(1, seconds / wholeSeconds);
  return (
    <div className="relative size-40 sm:size-60">
      <svg viewBox="0 0 120 120" aria-hidden="true" className="-rotate-90 size-full" fill="none" strokeWidth="7">
        <circle cx="60" cy="60" r={RADIUS} className="stroke-night-line forced-colors:stroke-[GrayText]" />
        <circle
          cx="60"
          cy="60"
          r={RADIUS}
          strokeLinecap="round"
          strokeDasharray={AROUND}
          strokeDashoffset={AROUND * (1 - left)}
          className={`duration-1000 ease-linear motion-safe:transition-[stroke-dashoffset] ${left === 0 ? 'stroke-transparent' : 'stroke-moon forced-colors:stroke-[Highlight]'}`}
        />
      </svg>
      <div className="absolute inset-0 grid place-items-center">
        <Countdown
          until={until}
          label={messages.hold.timer}
          className="font-semibold text-5xl tracking-tight sm:text-6xl"
        />
      </div>
    </div>
  );
}
