'use client';

import { useMessages } from '#components/messages/index.ts';
import { Shelf } from '#components/product/shelf.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Link } from '#components/ui/link.tsx';
import type { SaleAnswer } from '#lib/contract.ts';

/** A sale's products on the home page; the others are on its own. */
export const SHOWN = 4;

/** A sale on the home page that sells now: its first products can be bought from here. */
export function OpenSale({ sale, eager }: { sale: SaleAnswer; eager: boolean }) {
  const state = useSaleState(sale);
  const { home } = useMessages();
  return (
    <section className="flex flex-col gap-5">
      <header className="flex flex-col gap-2">
        <div className="flex items-center justify-between gap-4">
          <SaleStatus sale={sale} />
          <Link
            href={`/sales/${sale.saleId}`}
            className="py-1 font-semibold text-sm underline decoration-edge underline-offset-4 hover:decoration-ink"
          >
            {sale.products.length > SHOWN ? home.seeAll(sale.products.length) : home.seeSale}
            <span className="sr-only">{sale.name}</span>
          </Link>
        </div>
        <h2 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-4xl">{sale.name}</h2>
        {sale.description && <p className="wrap-anywhere max-w-prose text-muted">{sale.description}</p>}
      </header>
      <Shelf about={sale} sale={sale} state={state} most={SHOWN} heading="h3" eager={eager} />
    </section>
  );
}
