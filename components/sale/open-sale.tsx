'use client';

import Link from 'next/link';
import { messages } from '#components/messages.ts';
import { ProductCard, SHELF } from '#components/product/product-card.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import type { SaleAnswer } from '#lib/contract.ts';

const SHOWN = 4;

/** A sale on the home page that sells now: its first products can be bought from here. */
export function OpenSale({ sale, eager }: { sale: SaleAnswer; eager: boolean }) {
  const state = useSaleState(sale);
  const { home } = messages;
  return (
    <section className="flex flex-col gap-5" aria-labelledby={`sale-${sale.saleId}`}>
      <header className="flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div className="flex max-w-prose flex-col gap-2">
          <SaleStatus sale={sale} />
          <h2 id={`sale-${sale.saleId}`} className="font-semibold text-3xl tracking-tight sm:text-4xl">
            <Link
              href={`/sales/${sale.saleId}`}
              className="hover:underline hover:decoration-edge hover:underline-offset-8"
            >
              {sale.name}
            </Link>
          </h2>
          {sale.description && <p className="text-muted">{sale.description}</p>}
        </div>
        <ButtonLink kind="secondary" size="small" href={`/sales/${sale.saleId}`}>
          {sale.products.length > SHOWN ? home.seeAll(sale.products.length) : home.seeSale}
          <span className="sr-only">: {sale.name}</span>
        </ButtonLink>
      </header>
      <div className={SHELF}>
        {sale.products.slice(0, SHOWN).map((product) => (
          <ProductCard key={product.productId} product={product} state={state} eager={eager} />
        ))}
      </div>
    </section>
  );
}
