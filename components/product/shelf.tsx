'use client';

import { useMessages } from '#components/messages/index.ts';
import { ProductCard, StandingSkeleton } from '#components/product/product-card.tsx';
import type { SaleAbout } from '#lib/catalog/index.ts';
import type { SaleAnswer, SaleState } from '#lib/contract.ts';

/** How many a phone shows at once: the others can wait for their turn. */
const FIRST_ROW = 2;
const SHELF = 'grid grid-cols-2 gap-3 sm:gap-5 lg:grid-cols-4';

/** A shelf of the same geometry while nothing is known of its products. */
export function ShelfSkeleton() {
  const { shop } = useMessages();
  return (
    <div role="status" aria-label={shop.loading} className={SHELF}>
      {['a', 'b', 'c', 'd'].map((key) => (
        <div key={key} className="overflow-hidden rounded-card border border-line bg-card">
          <div className="skeleton aspect-square rounded-none!" />
          <div className="flex flex-col gap-2 p-3.5 sm:p-5">
            <div className="skeleton h-6 w-3/4" />
            <StandingSkeleton />
          </div>
        </div>
      ))}
    </div>
  );
}

/** Products side by side; the drawings of a shell stay where they are when it is known how the sale stands. */
export function Shelf({
  about,
  sale,
  state,
  most,
  heading,
  eager,
}: {
  about: SaleAbout | SaleAnswer;
  /** Undefined until known. */
  sale: SaleAnswer | undefined;
  state: SaleState | undefined;
  /** How many are shown; all without it. */
  most?: number;
  heading: 'h2' | 'h3';
  eager: boolean;
}) {
  const { shop } = useMessages();
  return (
    <div className={SHELF}>
      {!sale && <p role="status" aria-label={shop.loading} className="sr-only" />}
      {(sale ?? about).products.slice(0, most).map((product, i) => {
        const standing = sale?.products.find(({ productId }) => productId === product.productId);
        return (
          <ProductCard
            key={product.productId}
            product={{ ...product, saleId: about.saleId }}
            live={sale && state && standing ? { product: standing, state, accountsOnly: sale.accountsOnly } : undefined}
            heading={heading}
            eager={eager && i < FIRST_ROW}
          />
        );
      })}
    </div>
  );
}
