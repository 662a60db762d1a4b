'use client';

import { useMessages } from '#components/messages/index.ts';
import { Shelf, ShelfSkeleton } from '#components/product/shelf.tsx';
import { ComingSale, ComingSkeleton } from '#components/sale/coming-sale.tsx';
import { OpenSale, SHOWN } from '#components/sale/open-sale.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { useSales } from '#components/sale/use-sale.ts';
import { Link } from '#components/ui/link.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import type { HomeAbout } from '#lib/catalog/index.ts';

const FULL_SALES = 3;

/**
 * The sales as they are now: open ones on the shelf, coming ones with their countdown, the rest as a list.
 * @param about what the page may show before it knows more
 */
export function Home({ about }: { about: HomeAbout }) {
  const messages = useMessages();
  const { data, error, mutate } = useSales();
  if (!data && error) return <Trouble problem={error} missing={messages.trouble.missingText} retry={() => mutate()} />;
  if (!data) return <HomeSkeleton about={about} />;

  const sales = data.sales.filter(({ products }) => products.length > 0);
  const coming = sales
    .filter(({ state }) => state === 'upcoming')
    .sort((a, b) => Date.parse(a.opensAt ?? '') - Date.parse(b.opensAt ?? ''));
  const live = sales.filter(({ state }) => state === 'open' || state === 'paused' || state === 'restoring');
  const rest = [
    ...live.slice(FULL_SALES),
    ...coming.slice(FULL_SALES),
    ...sales.filter(({ state }) => state === 'closed'),
  ];
  const { home } = messages;
  return (
    <div className="flex flex-col gap-14 sm:gap-20">
      {sales.length === 0 && (
        <section className="rounded-card bg-sunken px-6 py-16 text-center">
          <h2 className="font-semibold text-xl">{home.quietTitle}</h2>
          <p className="mt-2 text-muted">{home.quietText}</p>
        </section>
      )}
      {live.slice(0, FULL_SALES).map((sale, i) => (
        <OpenSale key={sale.saleId} sale={sale} eager={i === 0} />
      ))}
      {coming.slice(0, FULL_SALES).map((sale) => (
        <ComingSale key={sale.saleId} sale={sale} />
      ))}
      {rest.length > 0 && (
        <section className="flex flex-col gap-4">
          <h2 className="font-semibold text-xl tracking-tight">{home.rest}</h2>
          <ul className="divide-y divide-line border-line border-y">
            {rest.slice(0, 20).map((sale) => (
              <li key={sale.saleId} className="relative flex flex-wrap items-center justify-between gap-2 py-4">
                <Link
                  href={`/sales/${sale.saleId}`}
                  className="wrap-anywhere min-w-0 font-semibold after:absolute after:inset-0"
                >
                  {sale.name}
                </Link>
                <SaleStatus sale={sale} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function HomeSkeleton({ about: { opened, coming } }: { about: HomeAbout }) {
  if (opened.length + coming.length === 0) return <ShelfSkeleton />;
  return (
    <div className="flex flex-col gap-14 sm:gap-20">
      {opened.map((sale, i) => (
        <section key={sale.saleId} className="flex flex-col gap-5">
          <header className="flex flex-col gap-2">
            <div className="skeleton h-7 w-28" />
            <h2 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-4xl">{sale.name}</h2>
            {sale.description && <p className="wrap-anywhere max-w-prose text-muted">{sale.description}</p>}
          </header>
          <Shelf about={sale} sale={undefined} state={undefined} most={SHOWN} heading="h3" eager={i === 0} />
        </section>
      ))}
      {coming.map((sale) => (
        <ComingSkeleton key={sale.saleId} about={sale} />
      ))}
    </div>
  );
}
