'use client';

import { useEffect, useEffectEvent, useState } from 'react';
import { jittered } from '#components/use-api.ts';
import type { OneSaleAnswer } from '#lib/contract.ts';

const REOPEN_MS = 3_000;
const SLOWEST_REOPEN_MS = 30_000;

export const salePath = (saleId: string) => `/api/sales/${encodeURIComponent(saleId)}`;

/**
 * One event stream of a sale while the page is seen: a hidden tab gives its connection back, since a browser has few per shop.
 * @param evenHidden keep it: somebody waits for news of this sale in another tab
 * @returns whether the stream is open now; while it is not, the caller polls
 */
export function useLiveSale(saleId: string | null, onSale: (sale: OneSaleAnswer) => void, evenHidden = false): boolean {
  const [connected, setConnected] = useState(false);
  const receive = useEffectEvent(onSale);

  useEffect(() => {
    if (saleId === null) return;
    let source: EventSource | undefined;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;

    const close = () => {
      clearTimeout(reopening);
      source?.close();
      source = undefined;
      setConnected(false);
    };
    const open = () => {
      close();
      if (document.hidden && !evenHidden) return;
      source = new EventSource(`${salePath(saleId)}/events`);
      source.addEventListener('open', () => setConnected(true));
      source.addEventListener('sale', (event) => {
        failures = 0;
        receive(JSON.parse(event.data));
      });
      source.addEventListener('error', () => {
        setConnected(false);
        // A broken stream reconnects by itself; one that was refused does not.
        if (source?.readyState !== EventSource.CLOSED) return;
        failures += 1;
        reopening = setTimeout(open, jittered(Math.min(REOPEN_MS * 2 ** (failures - 1), SLOWEST_REOPEN_MS)));
      });
    };

    open();
    document.addEventListener('visibilitychange', open);
    return () => {
      document.removeEventListener('visibilitychange', open);
      close();
    };
  }, [saleId, evenHidden]);

  return connected;
}
