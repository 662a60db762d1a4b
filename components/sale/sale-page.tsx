'use client';

import { Countdown } from '#components/clock/countdown.tsx';
import { Ready } from '#components/delivery/ready.tsx';
import { momentOf } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { Shelf, ShelfSkeleton } from '#components/product/shelf.tsx';
import { Opening } from '#components/sale/opening.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { StateNote } from '#components/sale/state-note.tsx';
import { stockOf } from '#components/sale/stock.ts';
import { useSale, useSaleState } from '#components/sale/use-sale.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useTitle } from '#components/ui/use-title.ts';
import type { SaleAbout } from '#lib/catalog/index.ts';
import type { OneSaleAnswer, SaleState } from '#lib/contract.ts';

/** @param about what the page may show before it knows more; undefined where the server did not know it either */
export function SalePage({ saleId, about }: { saleId: string; about: SaleAbout | undefined }) {
  const { sale: words } = useMessages();
  const { data: sale, error, mutate } = useSale(saleId);
  const state = useSaleState(sale);
  const shown = sale ?? about;
  useTitle(sale?.name);
  if (!sale && error) return <Trouble problem={error} missing={words.missing} retry={() => mutate()} />;
  return (
    <div className="flex flex-col gap-8">
      {sale && state ? <SaleHead sale={sale} state={state} /> : <SaleHeadSkeleton about={about} />}
      {!shown ? (
        <ShelfSkeleton />
      ) : shown.products.length === 0 ? (
        <p className="text-muted">{words.empty}</p>
      ) : (
        <Shelf about={shown} sale={sale} state={state} heading="h2" eager />
      )}
    </div>
  );
}

function SaleHeadSkeleton({ about }: { about: SaleAbout | undefined }) {
  return (
    <header className="flex flex-col gap-4">
      <div className="skeleton h-5 w-32" />
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
      <div className="skeleton h-5 w-full max-w-md" />
    </header>
  );
}

function SaleHead({ sale, state }: { sale: OneSaleAnswer; state: SaleState }) {
  const messages = useMessages();
  const { clock, sale: words } = messages;
  const soldOut = sale.products.length > 0 && sale.products.every((product) => stockOf(product).state === 'soldOut');
  return (
    <>
      <header className="flex flex-col gap-4">
        {state !== 'upcoming' && <SaleStatus sale={sale} />}
        <h1 className="wrap-anywhere font-semibold text-4xl tracking-tight sm:text-6xl">{sale.name}</h1>
        {sale.description && <p className="wrap-anywhere max-w-prose text-lg text-muted">{sale.description}</p>}
        <p className="text-muted text-sm">
          {sale.accountsOnly && `${messages.account.accountsOnly} `}
          {words.holdTerms(sale.holdSeconds)}
        </p>
      </header>
      {state === 'upcoming' && sale.opensAt && (
        <section className="flex flex-col gap-1 rounded-card bg-night px-6 forced-colors:border py-7 text-starlight sm:px-10 sm:py-9">
          <p className="text-dusk">{clock.opensIn}</p>
          <Countdown
            until={sale.opensAt}
            label={clock.opensIn}
            className="font-semibold text-6xl tracking-tight sm:text-8xl"
          />
          <p className="text-dusk">
            <time dateTime={sale.opensAt}>{momentOf(sale.opensAt)}</time>. {clock.unlocks}
          </p>
        </section>
      )}
      {sale.ships && <Ready waiting={state === 'upcoming'} />}
      <Announcer text={words.state[state]} />
      <StateNote state={state} saleId={sale.saleId} soldOut={soldOut} />
    </>
  );
}
