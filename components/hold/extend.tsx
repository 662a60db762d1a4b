'use client';

import { clsx } from 'clsx';
import { useLayoutEffect, useRef, useState } from 'react';
import { ApiProblem, call } from '#components/api.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { useMessages } from '#components/messages/index.ts';
import { orderPath } from '#components/order/use-orders.ts';
import { Button } from '#components/ui/button.tsx';
import type { ExtendAnswer, OrderAnswer } from '#lib/contract.ts';

const LAST_CALL_MS = 20_000;

/**
 * One courtesy extension, offered from half time or 20 s before the end, whichever is earlier. The hold keeps its room (`min-h-16`)
 * from the start, and it keeps its button's, so that nothing moves under a finger that is about to pay.
 */
export function Extend({
  order,
  over,
  onExtended,
}: {
  order: OrderAnswer;
  over: boolean;
  onExtended: (answer: ExtendAnswer | null) => Promise<unknown>;
}) {
  const [asking, setAsking] = useState(false);
  const [news, setNews] = useState('');
  const button = useRef<HTMLButtonElement>(null);
  const { hold, refused } = useMessages();
  const offerMs = Date.parse(order.expiresAt) - Math.max(LAST_CALL_MS, (order.holdSeconds * 1_000) / 2);
  const used = order.extensions.includes('asked');
  const offered = useServerTime((nowMs) => nowMs >= offerMs) && !over && !used;

  // Not on to Pay: a key that is held down would pay.
  useLayoutEffect(() => {
    if (!offered && document.activeElement === button.current)
      button.current?.closest('article')?.querySelector('h1')?.focus({ preventScroll: true });
  }, [offered]);

  async function extend() {
    setAsking(true);
    setNews('');
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
            : hold.notExtended,
      );
      await onExtended(null);
    }
    setAsking(false);
  }

  return (
    <div className="flex flex-col items-center gap-2 text-sm">
      <p role="status" className={clsx('min-h-5 text-center', !offered && !used && 'text-dusk')}>
        {used ? news : !over && (news || (offered ? hold.extendText : hold.extendLater))}
      </p>
      <Button
        ref={button}
        size="small"
        kind="night"
        off={asking}
        onClick={extend}
        className={offered ? '' : 'invisible'}
      >
        {asking ? hold.extending : hold.extend(order.extendSeconds)}
      </Button>
    </div>
  );
}
