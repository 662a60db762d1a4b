'use client';

import { secondsUntil } from '#components/clock/countdown.tsx';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { useMessages } from '#components/messages/index.ts';
import { Announcer } from '#components/ui/announcer.tsx';

const THRESHOLDS = [0, 10, 30, 60, 120, 300];

/** Says the time left aloud at a few moments only; between them it is silent. */
export function ThresholdAnnouncer({ until, holdSeconds }: { until: string; holdSeconds: number }) {
  const messages = useMessages();
  const crossed = useServerTime((nowMs) => {
    const seconds = secondsUntil(Date.parse(until))(nowMs);
    return THRESHOLDS.find((threshold) => threshold < holdSeconds && seconds <= threshold) ?? -1;
  });
  const text =
    crossed === null || crossed < 0 ? '' : crossed === 0 ? messages.hold.over : messages.clock.secondsLeft(crossed);
  return <Announcer text={text} />;
}
