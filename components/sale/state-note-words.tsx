'use client';

import { useMessages } from '#components/messages/index.ts';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { useSales } from '#components/sale/use-sale.ts';
import { Link } from '#components/ui/link.tsx';
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
    <div className="flex flex-col gap-2 rounded-xl bg-sunken px-4 py-3 text-sm empty:hidden">
      {text && <p>{text}</p>}
      {(soldOut || state === 'closed') && <NextSale after={saleId} />}
    </div>
  );
}

/** The next thing to look forward to: an open sale, else the one that opens soonest. */
function NextSale({ after }: { after: string }) {
  const { sale: words } = useMessages();
  const { data } = useSales();
  const others = (data?.sales ?? []).filter(({ saleId, products }) => saleId !== after && products.length > 0);
  const next =
    others
      .filter(({ state }) => state === 'upcoming')
      .sort((a, b) => Date.parse(a.opensAt ?? '') - Date.parse(b.opensAt ?? ''))[0] ??
    others.find(({ state }) => state === 'open');
  if (!next) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <Link
        href={`/sales/${next.saleId}`}
        className="wrap-anywhere w-fit font-semibold text-base underline decoration-edge underline-offset-4 hover:decoration-ink"
      >
        {words.nextSale(next.name)}
      </Link>
      <SaleStatus sale={next} />
    </div>
  );
}
