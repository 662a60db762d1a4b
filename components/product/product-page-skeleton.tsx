import { useMessages } from '#components/messages/index.ts';
import { Opening } from '#components/sale/opening.tsx';
import { Art } from '#components/ui/art.tsx';
import type { ProductAbout, SaleAbout } from '#lib/catalog/index.ts';

/** A product's page before anything live is known: what it is, in its place, and room for how it stands. */
export function ProductPageSkeleton({ sale, product }: { sale?: SaleAbout; product?: ProductAbout }) {
  const { shop } = useMessages();
  return (
    <article className="grid gap-6 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] lg:gap-14">
      <div className="overflow-hidden rounded-card bg-sunken lg:self-start">
        {product ? (
          <Art name={product.art} alt={product.name} eager className="max-lg:aspect-5/4" />
        ) : (
          <div className="skeleton aspect-5/4 lg:aspect-square" />
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-5 lg:py-4">
        <p className="text-sm">{sale?.name ?? <span className="skeleton block h-5 w-1/2" />}</p>
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
          product.description && <p className="max-w-prose text-muted">{product.description}</p>
        ) : (
          <div className="skeleton h-12 w-full" />
        )}
        {sale && <Opening opensAt={sale.opensAt} />}
        <div className="skeleton h-11 w-full rounded-full!" />
        <div className="skeleton h-13 w-full rounded-full!" />
      </div>
    </article>
  );
}
