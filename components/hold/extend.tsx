'use client';

import { useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { useMessages } from '#components/messages/index.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { Button } from '#components/ui/button.tsx';
import type { ExtendAnswer, OrderAnswer } from '#lib/contract.ts';

const LAST_CALL_MS = 20_000;

/** One courtesy extension, offered from half time or 20 s before the end, whichever is earlier. */
export function Extend({
  order,
  onExtended,
}: {
  order: OrderAnswer;
  onExtended: (answer: ExtendAnswer | null) => Promise<unknown>;
}) {
  const [asking, setAsking] = useState(false);
  const [news, setNews] = useState('');
  const { hold, refused } = useMessages();
  const endsMs = Date.parse(order.expiresAt);
  const offerMs = endsMs - Math.max(LAST_CALL_MS, (order.holdSeconds * 1_000) / 2);
  const offered = useServerTime((nowMs) => nowMs >= offerMs && nowMs < endsMs);
  const used = order.extensions.includes('asked');

  async function extend() {
    setAsking(true);
    try {
      const answer = await call<ExtendAnswer>(`${orderPath(order.orderId)}/extend`, {
        method: 'POST',
        body: {},
      });
      setNews(hold.extended);
      await onExtended(answer);
    } catch (problem) {
      const code = problem instanceof ApiProblem ? problem.code : '';
      setNews(
        code === 'ALREADY_EXTENDED'
          ? refused.alreadyExtended
          : code === 'ORDER_EXPIRED'
            ? refused.expired
            : refused.gaveUp,
      );
      await onExtended(null);
    }
    setAsking(false);
  }

  return (
    <>
      <Announcer text={news} />
      {offered && !used && (
        <div className="rise flex w-full flex-wrap items-center justify-between gap-3 rounded-2xl bg-night-soft px-4 py-3">
          <p className="text-sm">{hold.extendText}</p>
          <Button size="small" kind="night" off={asking} onClick={extend}>
            {asking ? hold.extending : hold.extend(order.extendSeconds)}
          </Button>
        </div>
      )}
    </>
  );
}
