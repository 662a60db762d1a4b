'use client';

import { useState } from 'react';
import { Alarms } from '#components/admin/alarms.tsx';
import { Reservations } from '#components/admin/reservations.tsx';
import { StockTable } from '#components/admin/stock-table.tsx';
import { Tokens } from '#components/admin/tokens.tsx';
import { timeOfDay } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useApi } from '#components/use-api.ts';
import type { SalesAnswer, TokensAnswer } from '#lib/contract.ts';

const REFRESH_MS = 2_000;
const PAGE = 50;

/** What the shop holds now: every sale's stock, and the tokens and reservations of the chosen one. */
export function Dashboard() {
  const messages = useMessages();
  const [chosen, setChosen] = useState('');
  const [offset, setOffset] = useState(0);
  const sales = useApi<SalesAnswer>('/api/sales', { refreshInterval: REFRESH_MS });
  const saleId = chosen || sales.data?.sales.find(({ products }) => products.length > 0)?.saleId;
  const query = new URLSearchParams({ saleId: saleId ?? '', limit: String(PAGE), offset: String(offset) });
  const tokens = useApi<TokensAnswer>(saleId ? `/api/token?${query}` : null, {
    refreshInterval: REFRESH_MS,
    keepPreviousData: true,
  });
  const { admin } = messages;

  const problem = sales.error ?? tokens.error;
  if (!sales.data) {
    if (problem)
      return <Trouble problem={problem} missing={messages.trouble.missingText} retry={() => sales.mutate()} />;
    return <div role="status" aria-label={messages.shop.loading} className="skeleton h-80 rounded-card!" />;
  }
  const sale = sales.data.sales.find((candidate) => candidate.saleId === saleId);
  return (
    <div className="flex flex-col gap-10">
      <Alarms />
      <section className="flex flex-col gap-4">
        <header className="flex flex-wrap items-baseline justify-between gap-3">
          <h1 className="font-semibold text-2xl tracking-tight">{admin.sales}</h1>
          <p className="text-muted text-sm tabular-nums">
            {problem ? messages.trouble.unreachableTitle : admin.updated(timeOfDay(sales.data.serverTime))}
          </p>
        </header>
        {sales.data.sales.length === 0 ? (
          <p className="text-muted">{admin.noSales}</p>
        ) : (
          <StockTable sales={sales.data.sales} />
        )}
      </section>
      {sale && (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3 border-line border-t pt-6">
            <p className="flex min-w-0 max-w-full items-center gap-3">
              <label htmlFor="sale" className="font-semibold">
                {admin.filter}
              </label>
              <select
                id="sale"
                value={sale.saleId}
                onChange={(event) => {
                  setChosen(event.target.value);
                  setOffset(0);
                }}
                className="min-h-11 min-w-0 max-w-full truncate rounded-xl border border-edge bg-card px-3 sm:max-w-96"
              >
                {sales.data.sales.map(({ saleId: id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </p>
            <nav aria-label={admin.pages} className="flex items-center gap-3">
              <Button
                kind="secondary"
                size="small"
                off={offset === 0}
                onClick={() => setOffset(Math.max(0, offset - PAGE))}
              >
                {admin.earlier}
              </Button>
              <span className="text-sm tabular-nums">{admin.page(offset / PAGE + 1)}</span>
              <Button kind="secondary" size="small" off={!tokens.data?.next} onClick={() => setOffset(offset + PAGE)}>
                {admin.later}
              </Button>
            </nav>
          </div>
          <Reservations tokens={tokens.data} sale={sale} />
          <Tokens tokens={tokens.data} sale={sale} />
        </>
      )}
    </div>
  );
}
