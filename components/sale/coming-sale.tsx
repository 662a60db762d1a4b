'use client';

import { Countdown } from '#components/clock/countdown.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { OpenSale } from '#components/sale/open-sale.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Art } from '#components/ui/art.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import type { SaleAnswer } from '#lib/contract.ts';

const SHOWN = 4;

/** A sale on the home page that is still to open; at its minute it becomes an open one. */
export function ComingSale({ sale }: { sale: SaleAnswer }) {
  const messages = useMessages();
  const state = useSaleState(sale);
  if (state === 'open') return <OpenSale sale={sale} eager={false} />;
  const { clock, home } = messages;
  return (
    <section className="grid items-center gap-8 overflow-hidden rounded-card bg-night p-6 forced-colors:border text-starlight sm:p-10 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <p className="font-semibold text-moon text-sm">{home.coming}</p>
        <h2 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-5xl">{sale.name}</h2>
        {sale.description && <p className="wrap-anywhere max-w-prose text-dusk">{sale.description}</p>}
        {sale.opensAt && (
          <p className="flex flex-col">
            <span className="text-dusk text-sm">{clock.opensIn}</span>
            <Countdown until={sale.opensAt} label={clock.opensIn} className="font-semibold text-5xl tracking-tight" />
            <time dateTime={sale.opensAt} className="text-dusk text-sm">
              {momentOf(sale.opensAt)}
            </time>
          </p>
        )}
        <div>
          <ButtonLink href={`/sales/${sale.saleId}`}>
            {home.seeSale}
            <span className="sr-only">{sale.name}</span>
          </ButtonLink>
        </div>
      </div>
      <ul className="grid grid-cols-4 gap-2 sm:gap-3 lg:grid-cols-2">
        {sale.products.slice(0, SHOWN).map((product) => (
          <li key={product.productId} className="overflow-hidden rounded-xl">
            <Art name={product.art} alt={product.name} />
          </li>
        ))}
      </ul>
    </section>
  );
}
