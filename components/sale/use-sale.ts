'use client';

import { useRef } from 'react';
import { useMoment, useServerTime } from '#components/clock/use-server-time.ts';
import { salePath, useLiveSale } from '#components/sale/live.ts';
import { jittered, useApi } from '#components/use-api.ts';
import type { OneSaleAnswer, SaleAnswer, SaleState, SalesAnswer } from '#lib/contract.ts';

const POLL_MS = 4_000;
const POLL_WHILE_LIVE_MS = 60_000;
const SALES_POLL_MS = 5_000;
const OPENING_CROWD_MS = 2_000;

const newer = (known: OneSaleAnswer | undefined, arrived: OneSaleAnswer) =>
  known && Date.parse(known.serverTime) > Date.parse(arrived.serverTime) ? known : arrived;

/** A stream begins with what the page has just fetched, and most pages show nothing of the time: no reason to render again. */
const looksTheSame = (one: OneSaleAnswer | undefined, other: OneSaleAnswer | undefined) =>
  JSON.stringify({ ...one, serverTime: '' }) === JSON.stringify({ ...other, serverTime: '' });

/**
 * One sale, live: by its event stream, or by polling while that is not to be had. Null asks nothing.
 * @param evenHidden stay live in a tab that is not seen
 */
export function useSale(saleId: string | null, evenHidden = false) {
  const live = useRef(false);
  const sale = useApi<OneSaleAnswer>(saleId === null ? null : salePath(saleId), {
    refreshInterval: () => jittered(live.current ? POLL_WHILE_LIVE_MS : POLL_MS),
    refreshWhenHidden: evenHidden,
    keepPreviousData: false,
    compare: looksTheSame,
  });
  live.current = useLiveSale(
    saleId,
    (arrived) => sale.mutate((known) => newer(known, arrived), { revalidate: false }),
    evenHidden,
  );
  useAskAtTurns(sale.data, sale.mutate);
  return sale;
}

/** Every sale, for the home page and the cart: polled, since a browser has few connections for streams. */
export function useSales() {
  return useApi<SalesAnswer>('/api/sales', { refreshInterval: () => jittered(SALES_POLL_MS) });
}

/** When a sale opens or closes the page asks the server; each page a little later than the next, since all clocks agree. */
function useAskAtTurns(sale: SaleAnswer | undefined, ask: () => void): void {
  const soon = () => {
    setTimeout(ask, Math.random() * OPENING_CROWD_MS);
  };
  useMoment(sale?.state === 'upcoming' && sale.opensAt ? Date.parse(sale.opensAt) : null, soon);
  useMoment(sale?.state === 'open' && sale.closesAt ? Date.parse(sale.closesAt) : null, soon);
}

/** The sale's state at this moment: it opens by the server's clock, with no request. Every other turn is the server's to tell. */
export function useSaleState(sale: SaleAnswer): SaleState;
export function useSaleState(sale: SaleAnswer | undefined): SaleState | undefined;
export function useSaleState(sale: SaleAnswer | undefined): SaleState | undefined {
  const opensAtMs = sale?.opensAt ? Date.parse(sale.opensAt) : null;
  const opened = useServerTime((nowMs) => opensAtMs !== null && nowMs >= opensAtMs);
  return sale?.state === 'upcoming' && opened ? 'open' : sale?.state;
}
