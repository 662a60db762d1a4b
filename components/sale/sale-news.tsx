'use client';

import { useEffect, useRef, useState } from 'react';
import { secondsUntil } from '#components/clock/countdown.tsx';
import { serverNow } from '#components/clock/server-clock.ts';
import { useServerTime } from '#components/clock/use-server-time.ts';
import { useMessages } from '#components/messages/index.ts';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import type { SaleAnswer } from '#lib/contract.ts';

const THRESHOLDS = [10, 60, 300];
const FAR = Number.POSITIVE_INFINITY;

/** Says aloud that a sale is about to open, has opened, pauses or has ended; of how it stood when the page came it says nothing. */
export function SaleNews({ sale }: { sale: SaleAnswer }) {
  const { clock, sale: words } = useMessages();
  const state = useSaleState(sale);
  const opensAtMs = sale.opensAt ? Date.parse(sale.opensAt) : FAR;
  const near = useServerTime((nowMs) => THRESHOLDS.find((seconds) => secondsUntil(opensAtMs)(nowMs) <= seconds) ?? FAR);
  const turn = state === 'upcoming' ? near : state;
  const before = useRef(turn);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (turn === before.current) return;
    before.current = turn;
    if (state !== 'upcoming') setNews(words.state[state]);
    else setNews(turn === FAR ? '' : clock.opensInTime(secondsUntil(opensAtMs)(serverNow())));
  }, [turn, state, opensAtMs, clock, words]);
  return <Announcer text={news} />;
}
