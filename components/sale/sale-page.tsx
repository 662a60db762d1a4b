'use client';

import { Suspense, useState } from 'react';
import { Countdown } from '#components/clock/countdown.tsx';
import { Ready } from '#components/delivery/ready.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { Shelf, ShelfSkeleton } from '#components/product/shelf.tsx';
import { Opening } from '#components/sale/opening.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { SaleTerms } from '#components/sale/sale-terms.tsx';
import { StateNote } from '#components/sale/state-note.tsx';
import { stockOf } from '#components/sale/stock.ts';
import { useSale, useSaleState } from '#components/sale/use-sale.ts';
import { later } from '#components/ui/later.ts';
import { Trouble } from '#components/ui/trouble.tsx';
import { useTitle } from '#components/ui/use-title.ts';
import type { SaleAbout } from '#lib/catalog/index.ts';
import type { OneSaleAnswer, SaleState } from '#lib/contract.ts';

const SaleNews = later(async () => (await import('#components/sale/sale-news.tsx')).SaleNews);

/** Where the countdown stands. */
const PANEL =
  'flex flex-col gap-1 rounded-card bg-night px-6 forced-colors:border py-7 text-starlight sm:px-10 sm:py-9';

/**
 * @param about what the page may show before it knows more; undefined where the server did not know it either
 * @param coming whether the sale was still to open when the shell was made
 */
export function SalePage({ saleId, about, coming }: { saleId: string; about: SaleAbout | undefined; coming: boolean }) {
  const { sale: words } = useMessages();
  const { data: sale, error, mutate } = useSale(saleId);
  const state = useSaleState(sale);
  const shown = sale ?? about;
  useTitle(sale?.name);
  if (!sale && error) return <Trouble problem={error} missing={words.missing} retry={() => mutate()} />;
  return (
    <div className="flex flex-col gap-8">
      {sale && state ? <SaleHead sale={sale} state={state} /> : <SaleHeadSkeleton about={about} coming={coming} />}
      {!shown ? (
        <ShelfSkeleton />
      ) : shown.products.length === 0 ? (
        <p className="text-muted">{words.empty}</p>
      ) : (
        <Shelf about={shown} sale={sale} state={state} heading="h2" eager />
      )}
      {sale?.ships && <Ready waiting={state === 'upcoming'} />}
    </div>
  );
}

function SaleHeadSkeleton({ about, coming }: { about: SaleAbout | undefined; coming: boolean }) {
  return (
    <>
      <header className="flex flex-col gap-4">
        {!coming && <div className="skeleton h-5 w-32" />}
        {about ? (
          <>
            <h1 className="wrap-anywhere font-semibold text-4xl tracking-tight sm:text-6xl">{about.name}</h1>
            {about.description && <p className="wrap-anywhere max-w-prose text-lg text-muted">{about.description}</p>}
            <Opening opensAt={about.opensAt} />
          </>
        ) : (
          <>
            <div className="skeleton h-10 w-3/4 max-w-lg sm:h-14" />
            <div className="skeleton h-6 w-full max-w-prose" />
          </>
        )}
        <div className="skeleton h-10 w-full max-w-md sm:h-5" />
      </header>
      {coming && (
        <div className={PANEL}>
          <div className="skeleton h-35 bg-night-soft! sm:h-38" />
        </div>
      )}
    </>
  );
}

/** Whoever watched it open keeps the panel, which then says so: nothing moves under a finger that is about to buy. */
function SaleHead({ sale, state }: { sale: OneSaleAnswer; state: SaleState }) {
  const messages = useMessages();
  const { clock, sale: words } = messages;
  const coming = state === 'upcoming';
  const [waited, setWaited] = useState(coming);
  if (coming && !waited) setWaited(true);
  const soldOut = sale.products.length > 0 && sale.products.every((product) => stockOf(product).state === 'soldOut');
  return (
    <>
      <header className="flex flex-col gap-4">
        {!waited && <SaleStatus sale={sale} />}
        <h1 className="wrap-anywhere font-semibold text-4xl tracking-tight sm:text-6xl">{sale.name}</h1>
        {sale.description && <p className="wrap-anywhere max-w-prose text-lg text-muted">{sale.description}</p>}
        <p className="min-h-10 text-muted text-sm sm:min-h-5">
          <SaleTerms sale={sale} />
        </p>
      </header>
      {waited && sale.opensAt && (
        <section className={PANEL}>
          <p className="text-dusk">{coming ? clock.opensIn : clock.opened}</p>
          {state === 'open' ? (
            <p className="font-semibold text-4xl leading-15 tracking-tight sm:text-8xl sm:leading-none">
              {words.state.open}
            </p>
          ) : (
            <Countdown
              until={sale.opensAt}
              label={clock.opensIn}
              className="font-semibold text-6xl tracking-tight sm:text-8xl"
            />
          )}
          <p className="text-dusk">
            <time dateTime={sale.opensAt}>{momentOf(sale.opensAt)}</time>
            <span className={coming ? undefined : 'invisible'}>. {clock.unlocks}</span>
          </p>
        </section>
      )}
      <Suspense>
        <SaleNews sale={sale} />
      </Suspense>
      <StateNote state={state} saleId={sale.saleId} soldOut={soldOut} />
    </>
  );
}
