'use client';

import { clsx } from 'clsx';
import { Suspense, useState } from 'react';
import { money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { AddToCart } from '#components/product/add-to-cart.tsx';
import { BuyNow } from '#components/product/buy-now.tsx';
import { ProductSkeleton } from '#components/product/product-skeleton.tsx';
import { ShelfBar, StockLine } from '#components/product/stock-line.tsx';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { SaleTerms } from '#components/sale/sale-terms.tsx';
import { StateNote } from '#components/sale/state-note.tsx';
import { stockOf } from '#components/sale/stock.ts';
import { useSale, useSaleState } from '#components/sale/use-sale.ts';
import { Art } from '#components/ui/art.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { later } from '#components/ui/later.ts';
import { Link } from '#components/ui/link.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Quantity } from '#components/ui/quantity.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import type { SaleAbout } from '#lib/catalog/index.ts';
import type { OneSaleAnswer, ProductAnswer } from '#lib/contract.ts';

const MOST_AT_ONCE = 10;
const ReturnWatch = later(async () => (await import('#components/product/return-watch.tsx')).ReturnWatch);

/** @param about what the page may show before it knows more; undefined where the server did not know it either */
export function ProductPage({
  saleId,
  productId,
  about,
}: {
  saleId: string;
  productId: string;
  about: SaleAbout | undefined;
}) {
  const messages = useMessages();
  const [watching, setWatching] = useState(false);
  const { data: sale, error, mutate } = useSale(saleId, watching);
  const isIt = (candidate: { productId: string }) => candidate.productId === productId;
  const product = sale?.products.find(isIt);
  if (sale && !product) {
    return (
      <Notice title={messages.trouble.missingTitle} text={messages.product.missing}>
        <ButtonLink href={`/sales/${saleId}`}>{sale.name}</ButtonLink>
      </Notice>
    );
  }
  if (!sale && error) return <Trouble problem={error} missing={messages.sale.missing} retry={() => mutate()} />;
  const shown = product ?? about?.products.find(isIt);
  return (
    <article className="grid gap-6 lg:grid-cols-[8fr_7fr] lg:gap-14">
      <div className="overflow-hidden rounded-card bg-sunken lg:sticky lg:top-24 lg:self-start">
        {shown ? (
          <Art
            name={shown.art}
            alt={shown.name}
            eager
            className={clsx(
              'max-lg:aspect-5/4',
              product && stockOf(product).state === 'soldOut' && 'opacity-45 grayscale',
            )}
          />
        ) : (
          <div className="skeleton aspect-5/4 lg:aspect-square" />
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-5 lg:py-4">
        {sale && product ? (
          <Product sale={sale} product={product} watching={watching} onWatch={() => setWatching(true)} />
        ) : (
          <ProductSkeleton sale={about} product={about?.products.find(isIt)} />
        )}
      </div>
    </article>
  );
}

function Product({
  sale,
  product,
  watching,
  onWatch,
}: {
  sale: OneSaleAnswer;
  product: ProductAnswer;
  /** The shopper waits for a unit to come back. */
  watching: boolean;
  onWatch: () => void;
}) {
  const { product: words } = useMessages();
  const state = useSaleState(sale);
  const [quantity, setQuantity] = useState(1);
  const stock = stockOf(product);
  const most = Math.min(MOST_AT_ONCE, product.limitPerCustomer ?? MOST_AT_ONCE);
  const allHeld = stock.state === 'allHeld';
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <Link
          href={`/sales/${sale.saleId}`}
          className="wrap-anywhere text-sm underline decoration-edge underline-offset-4 hover:decoration-ink"
        >
          {sale.name}
        </Link>
        <SaleStatus sale={sale} />
      </div>
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <h1 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-5xl">{product.name}</h1>
        <p className="text-xl tabular-nums sm:text-2xl">{money(product.price, product.currency)}</p>
      </div>
      <div className="flex flex-col gap-2">
        <p className="flex flex-wrap items-baseline justify-between gap-2">
          <StockLine product={product} className="text-lg" />
          {product.minted > 0 && <span className="text-muted text-sm">{words.edition(product.minted)}</span>}
        </p>
        <ShelfBar product={product} whole />
        {allHeld && <p className="text-sm">{words.allHeldText(stock.held)}</p>}
        {stock.state === 'available' && stock.held > 0 && (
          <p className="text-muted text-sm">{words.heldSome(stock.held)}</p>
        )}
        {stock.state === 'soldOut' && <p className="text-muted text-sm">{words.soldOutText(stock.sold)}</p>}
        <Suspense fallback={allHeld && <p className="h-11" />}>
          <ReturnWatch sale={sale} product={product} watching={watching} onWatch={onWatch} />
        </Suspense>
      </div>
      {product.description && <p className="wrap-anywhere max-w-prose text-muted">{product.description}</p>}
      <StateNote state={state} saleId={sale.saleId} soldOut={stock.state === 'soldOut'} />
      {stock.state !== 'soldOut' && (
        <>
          <div className="-mx-4 sticky bottom-0 flex flex-col gap-3 border-line border-t bg-paper px-4 py-3 lg:static lg:mx-0 lg:border-0 lg:p-0">
            <div className="flex items-center gap-3">
              {most > 1 && <Quantity value={quantity} most={most} label={words.quantity} onChange={setQuantity} />}
              <div className="flex-1">
                <AddToCart product={product} quantity={quantity} />
              </div>
            </div>
            <BuyNow product={product} state={state} accountsOnly={sale.accountsOnly} quantity={quantity} large />
          </div>
          <p className="text-muted text-sm">
            <SaleTerms sale={sale} /> {product.limitPerCustomer !== null && words.limit(product.limitPerCustomer)}
          </p>
        </>
      )}
    </>
  );
}
