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
import type { ProductAbout, SaleAbout } from '#lib/catalog/index.ts';
import type { ProductAnswer, SaleState } from '#lib/contract.ts';

/** A product on the shelf: look, price, true stock, and one tap to hold it. */
export function ProductCard({
  product,
  state,
  accountsOnly,
  heading: Heading,
  eager = false,
}: {
  product: ProductAnswer;
  state: SaleState;
  accountsOnly: boolean;
  heading: 'h2' | 'h3';
  eager?: boolean;
}) {
  const messages = useMessages();
  return (
    <article className="group relative flex min-w-0 flex-col overflow-hidden rounded-card border border-line bg-card">
      <div className="overflow-hidden bg-sunken">
        <Art
          name={product.art}
          eager={eager}
          className={clsx(
            'duration-500 motion-safe:transition-[transform,opacity,filter] motion-safe:group-hover:scale-[1.03]',
            stockOf(product).state === 'soldOut' && 'opacity-45 grayscale',
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
          <p className="tabular-nums">{money(product.price, product.currency)}</p>
        </div>
        <p className="flex flex-col gap-x-2 text-sm sm:flex-row sm:items-baseline sm:justify-between">
          <StockLine product={product} />
          {product.minted > 0 && <span className="text-muted">{messages.product.edition(product.minted)}</span>}
        </p>
        <ShelfBar product={product} />
        <div className="relative mt-2">
          <BuyNow product={product} state={state} accountsOnly={accountsOnly} />
        </div>
      </div>
    </article>
  );
}

/** A card before its price and stock are known; without `about` not even its name is. */
function ProductCardSkeleton({ saleId, about, eager }: { saleId?: string; about?: ProductAbout; eager: boolean }) {
  return (
    <div className="relative flex flex-col overflow-hidden rounded-card border border-line bg-card">
      <div className="overflow-hidden bg-sunken">
        {about ? <Art name={about.art} eager={eager} /> : <div className="skeleton aspect-square rounded-none!" />}
      </div>
      <div className="flex flex-col gap-3 p-3.5 sm:p-5">
        {about && saleId ? (
          <Link
            href={productHref({ saleId, productId: about.productId })}
            className="wrap-anywhere font-semibold leading-snug after:absolute after:inset-0 after:rounded-card"
          >
            {about.name}
          </Link>
        ) : (
          <div className="skeleton h-5 w-3/4" />
        )}
        <div className="skeleton h-4 w-1/2" />
        <div className="skeleton h-1.5 w-full" />
        <div className="skeleton mt-2 h-11 w-full rounded-full!" />
      </div>
    </div>
  );
}

export const SHELF = 'grid grid-cols-2 gap-3 sm:gap-5 lg:grid-cols-4';

/** A shelf of the same geometry while its products are asked for. */
export function ShelfSkeleton({ about, most }: { about?: SaleAbout; most?: number }) {
  const { shop } = useMessages();
  return (
    <div className={SHELF}>
      <p role="status" aria-label={shop.loading} className="sr-only" />
      {about
        ? about.products
            .slice(0, most)
            .map((product, i) => (
              <ProductCardSkeleton key={product.productId} saleId={about.saleId} about={product} eager={i < 4} />
            ))
        : ['a', 'b', 'c', 'd'].map((key) => <ProductCardSkeleton key={key} eager={false} />)}
    </div>
  );
}
