'use client';

import { clsx } from 'clsx';
import { Countdown } from '#components/clock/countdown.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { useSaleState } from '#components/sale/use-sale.ts';
import type { SaleAnswer, SaleState } from '#lib/contract.ts';

const DOTS: Record<SaleState, string> = {
  upcoming: 'bg-moon',
  open: 'bg-good',
  paused: 'bg-warn',
  closed: 'bg-edge',
  restoring: 'bg-warn',
};

/** A sale's state in a few words, with the time that matters next. */
export function SaleStatus({ sale, className }: { sale: SaleAnswer; className?: string }) {
  const state = useSaleState(sale);
  const { clock, sale: words } = useMessages();
  return (
    <p className={clsx('flex flex-wrap items-center gap-x-3 gap-y-1 text-sm', className)}>
      <span className="inline-flex items-center gap-2 font-semibold">
        <span aria-hidden="true" className={clsx('size-2.5 rounded-full forced-colors:bg-[CanvasText]', DOTS[state])} />
        {state === 'upcoming' && sale.opensAt ? clock.opensIn : words.state[state]}
      </span>
      {state === 'upcoming' && sale.opensAt && (
        <Countdown until={sale.opensAt} label={clock.opensIn} className="-ml-1.5 font-semibold" />
      )}
      {state === 'open' && sale.closesAt && (
        <span>
          {clock.until} <time dateTime={sale.closesAt}>{momentOf(sale.closesAt)}</time>
        </span>
      )}
    </p>
  );
}
