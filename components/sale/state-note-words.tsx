'use client';

import { useMessages } from '#components/messages/index.ts';
import { OtherSales } from '#components/sale/other-sales.tsx';
import type { SaleState } from '#lib/contract.ts';

export interface Noted {
  state: SaleState;
  saleId: string;
  soldOut?: boolean;
}

/** What a shopper should know when buying is not possible now, and where to go next. */
export function StateNoteWords({ state, saleId, soldOut }: Noted) {
  const { sale: words } = useMessages();
  const text = {
    upcoming: '',
    open: '',
    paused: words.pausedText,
    closed: words.closedText,
    restoring: words.restoringText,
  }[state];
  return (
    <div className="flex flex-col gap-3 rounded-xl bg-sunken px-4 py-3 text-sm empty:hidden">
      {text && <p>{text}</p>}
      {(soldOut || state === 'closed') && <OtherSales after={saleId} />}
    </div>
  );
}
