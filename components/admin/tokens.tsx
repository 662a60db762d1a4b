'use client';

import { count, unitNumber } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import type { SaleAnswer, TokensAnswer } from '#lib/contract.ts';

/** The units on the shelf, in the order in which they will be sold. */
export function Tokens({ tokens, sale }: { tokens: TokensAnswer | undefined; sale: SaleAnswer }) {
  const { admin } = useMessages();
  return (
    <section className="flex flex-col gap-4">
      <h2 className="font-semibold text-xl tracking-tight">{admin.tokens}</h2>
      <ul className="grid gap-4 md:grid-cols-2">
        {sale.products.map((product) => {
          const stock = tokens?.stock[product.productId];
          return (
            <li key={product.productId} className="flex flex-col gap-3 rounded-card border border-line bg-card p-5">
              <h3 className="flex items-baseline justify-between gap-3">
                <span className="wrap-anywhere min-w-0 font-semibold">{product.name}</span>
                <span className="text-muted tabular-nums">{count(stock?.availableCount ?? 0)}</span>
              </h3>
              {stock && stock.availableTokens.length > 0 ? (
                <ol className="flex flex-wrap gap-1">
                  {stock.availableTokens.map((token) => (
                    <li
                      key={token}
                      title={token}
                      className="min-w-9 rounded-lg bg-sunken px-2 py-0.5 text-center text-xs tabular-nums"
                    >
                      {unitNumber(token)}
                    </li>
                  ))}
                </ol>
              ) : (
                <p className="text-muted text-sm">{admin.noTokens}</p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
