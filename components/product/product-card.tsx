'use client';

import { clsx } from 'clsx';
import { money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { BuyNow } from '#components/product/buy-now.tsx';
import { productHref } from '#components/product/href.ts';
import { ShelfBar, StockLine } from '#components/product/stock-line.tsx';
import { stockOf } from '#components/sale/stock.ts';
import { Art } from '#components/ui/art.tsx';
import { Link } from '#components/ui/link.tsx';
import type { ProductAbout } from '#lib/catalog/index.ts';
import type { ProductAnswer, SaleState } from '#lib/contract.ts';

/** How a product stands now. */
interface Live {
  product: ProductAnswer;
  state: SaleState;
  accountsOnly: boolean;
}

/** A product on the shelf: look, price, true stock, and one tap to hold it. Until it is known how it stands, room for that. */
export function ProductCard({
  product,
  live,
  heading: Heading,
  eager = false,
}: {
  product: ProductAbout & { saleId: string };
  live: Live | undefined;
  heading: 'h2' | 'h3';
  eager?: boolean;
}) {
  return (
    <article className="group relative flex min-w-0 flex-col overflow-hidden rounded-card border border-line bg-card">
      <div className="overflow-hidden bg-sunken">
        <Art
          name={product.art}
          eager={eager}
          className={clsx(
            'duration-500 motion-safe:transition-[transform,opacity,filter] motion-safe:group-hover:scale-[1.03]',
            live && stockOf(live.product).state === 'soldOut' && 'opacity-45 grayscale',
          )}
        />
      </div>
      <div className="flex flex-1 flex-col gap-2 p-3.5 sm:p-5">
        <div className="flex flex-1 flex-col gap-x-3 sm:flex-row sm:items-baseline sm:justify-between">
          <Heading className="wrap-anywhere min-w-0 font-semibold leading-snug">
            <Link href={productHref(product)} className="after:absolute after:inset-0 after:rounded-card">
              {product.name}
            </Link>
          </Heading>
          {live ? (
            <p className="leading-snug tabular-nums">{money(live.product.price, live.product.currency)}</p>
          ) : (
            <span className="skeleton h-5.5 w-16 self-start" />
          )}
        </div>
        {live ? <Standing {...live} /> : <StandingSkeleton />}
      </div>
    </article>
  );
}

function Standing({ product, state, accountsOnly }: Live) {
  const { product: words } = useMessages();
  return (
    <>
      <p className="flex flex-col gap-x-2 text-sm sm:flex-row sm:items-baseline sm:justify-between">
        <StockLine product={product} />
        {product.minted > 0 && <span className="text-muted">{words.edition(product.minted)}</span>}
      </p>
      <ShelfBar product={product} />
      <div className="relative mt-2">
        <BuyNow product={product} state={state} accountsOnly={accountsOnly} />
      </div>
    </>
  );
}

export function StandingSkeleton() {
  return (
    <>
      <div className="skeleton h-10 w-1/2 sm:h-5" />
      <div className="skeleton h-1.5 w-full" />
      <div className="skeleton mt-2 h-11 w-full rounded-full!" />
    </>
  );
}
