'use client';

import { useState } from 'react';
import { secondsUntil } from '#components/clock/countdown.tsx';
import { serverNow } from '#components/clock/server-clock.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';

/** A wait that the shop has asked for, counted down; `over` from its end until the next call of `begin` or `forget`. */
export function useWait() {
  const [wait, setWait] = useState<{ seconds: number; untilMs: number }>();
  const left = (nowMs: number) => (wait ? Math.min(wait.seconds, secondsUntil(wait.untilMs)(nowMs)) : 0); // a tick may be older
  const secondsLeft = useServerTime(left) ?? 0;
  return {
    secondsLeft,
    over: wait !== undefined && secondsLeft === 0,
    begin: (seconds: number) => setWait({ seconds, untilMs: serverNow() + seconds * 1_000 }),
    forget: () => setWait(undefined),
  };
}
