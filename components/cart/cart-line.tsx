'use client';

import { money } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import { productHref } from '#components/product/href.ts';
import { StockLine } from '#components/product/stock-line.tsx';
import { Art } from '#components/ui/art.tsx';
import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { Quantity } from '#components/ui/quantity.tsx';
import type { CartLineAnswer, ProductAnswer } from '#lib/contract.ts';

const MOST = 100;

interface Line {
  line: CartLineAnswer;
  product: ProductAnswer | undefined;
  /** After a refusal for lack of stock: how many were left. */
  left: number | undefined;
  onChange: (quantity: number) => void;
}

export function CartLine({ line, product, left, onChange }: Line) {
  const { cart: words, order } = useMessages();
  return (
    <li className="grid grid-cols-[5rem_1fr] gap-4 px-4 py-4 sm:grid-cols-[6.5rem_1fr] sm:px-6">
      <div className="self-start overflow-hidden rounded-xl bg-sunken">
        <Art name={line.art} eager />
      </div>
      <div className="flex min-w-0 flex-col gap-2">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <Link href={productHref(line)} className="wrap-anywhere min-w-0 font-semibold hover:underline">
            {line.name}
          </Link>
          <span className="tabular-nums">{money(line.price * line.quantity, line.currency)}</span>
        </div>
        <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
          {product && <StockLine product={product} />}
          {line.quantity > 1 && (
            <span className="ml-auto text-muted tabular-nums">
              {order.times(line.quantity)} {money(line.price, line.currency)}
            </span>
          )}
        </p>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Quantity
            value={line.quantity}
            most={Math.min(MOST, product?.limitPerCustomer ?? MOST)}
            label={words.quantityOf(line.name)}
            onChange={onChange}
          />
          <Button kind="quiet" size="small" className="px-1" onClick={() => onChange(0)}>
            {words.remove}
            <span className="sr-only">{line.name}</span>
          </Button>
        </div>
        {left !== undefined && left > 0 && left < line.quantity && (
          <Button kind="secondary" size="small" className="self-start" onClick={() => onChange(left)}>
            {words.takeWhatIsLeft(left)}
          </Button>
        )}
      </div>
    </li>
  );
}
