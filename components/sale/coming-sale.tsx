'use client';

import type { ReactNode } from 'react';
import { Countdown } from '#components/clock/countdown.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { OpenSale } from '#components/sale/open-sale.tsx';
import { Opening } from '#components/sale/opening.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Art } from '#components/ui/art.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { SaleAbout } from '#lib/catalog/index.ts';
import type { SaleAnswer } from '#lib/contract.ts';

const SHOWN = 4;

/** A sale on the home page that is still to open; at its minute it becomes an open one. */
export function ComingSale({ sale }: { sale: SaleAnswer }) {
  const { clock } = useMessages();
  const state = useSaleState(sale);
  if (state === 'open') return <OpenSale sale={sale} eager={false} />;
  return (
    <Coming about={sale}>
      {sale.opensAt && (
        <p className="flex flex-col">
          <span className="text-dusk text-sm">{clock.opensIn}</span>
          <Countdown
            until={sale.opensAt}
            label={clock.opensIn}
            className="min-h-12 font-semibold text-5xl tracking-tight"
          />
          <time dateTime={sale.opensAt} className="text-dusk text-sm">
            {momentOf(sale.opensAt)}
          </time>
        </p>
      )}
    </Coming>
  );
}

/** What a coming sale is, and room for its countdown. */
export function ComingSkeleton({ about }: { about: SaleAbout }) {
  return (
    <Coming about={about}>
      <div className="skeleton h-22 w-56 bg-night-soft!" />
      <Opening opensAt={about.opensAt} />
    </Coming>
  );
}

function Coming({ about, children }: { about: SaleAbout | SaleAnswer; children: ReactNode }) {
  const { home } = useMessages();
  return (
    <section className="grid items-center gap-8 overflow-hidden rounded-card bg-night p-6 forced-colors:border text-starlight sm:p-10 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <p className="font-semibold text-moon text-sm">{home.coming}</p>
        <h2 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-5xl">{about.name}</h2>
        {about.description && <p className="wrap-anywhere max-w-prose text-dusk">{about.description}</p>}
        {children}
        <div>
          <ButtonLink href={`/sales/${about.saleId}`}>
            {home.seeSale}
            <span className="sr-only">{about.name}</span>
          </ButtonLink>
        </div>
      </div>
      <ul className="grid grid-cols-4 gap-2 sm:gap-3 lg:grid-cols-2">
        {about.products.slice(0, SHOWN).map((product) => (
          <li key={product.productId} className="overflow-hidden rounded-xl">
            <Art name={product.art} alt={product.name} />
          </li>
        ))}
      </ul>
    </section>
  );
}
