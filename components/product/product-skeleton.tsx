import { useMessages } from '#components/messages/index.ts';
import { Opening } from '#components/sale/opening.tsx';
import type { ProductAbout, SaleAbout } from '#lib/catalog/index.ts';

/** What is said of a product before anything live is known, in its place, and room for how it stands. */
export function ProductSkeleton({ sale, product }: { sale?: SaleAbout; product?: ProductAbout }) {
  const { shop } = useMessages();
  return (
    <>
      <p className="wrap-anywhere text-sm">{sale?.name ?? <span className="skeleton block h-5 w-1/2" />}</p>
      {product ? (
        <h1 className="wrap-anywhere font-semibold text-3xl tracking-tight sm:text-5xl">{product.name}</h1>
      ) : (
        <div className="skeleton h-9 w-4/5 sm:h-12" />
      )}
      <div role="status" aria-label={shop.loading} className="flex flex-col gap-2">
        <div className="skeleton h-7 w-28" />
        <div className="skeleton h-1.5 w-full" />
      </div>
      {product ? (
        product.description && <p className="wrap-anywhere max-w-prose text-muted">{product.description}</p>
      ) : (
        <div className="skeleton h-12 w-full" />
      )}
      {sale && <Opening opensAt={sale.opensAt} />}
      <div className="skeleton h-11 w-full rounded-full!" />
      <div className="skeleton h-13 w-full rounded-full!" />
    </>
  );
}
