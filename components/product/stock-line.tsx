import { clsx } from 'clsx';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { type Stock, stockOf } from '#components/sale/stock.ts';
import type { ProductAnswer } from '#lib/contract.ts';

const TONES: Record<Stock['state'], string> = {
  available: 'text-good',
  allHeld: 'text-warn',
  soldOut: 'text-muted',
  notMinted: 'text-muted',
  restoring: 'text-warn',
};

/** The stock in two or three words; never anything but the true count. */
export function StockLine({ product, className }: { product: ProductAnswer; className?: string }) {
  const stock = stockOf(product);
  const { product: words } = useMessages();
  return (
    <span data-stock={stock.state} className={clsx('font-semibold tabular-nums', TONES[stock.state], className)}>
      {stockWords(words, stock)}
    </span>
  );
}

function stockWords(words: Messages['product'], stock: Stock): string {
  switch (stock.state) {
    case 'available':
      return stock.left === 1 ? words.lastOne : words.left(stock.left);
    case 'allHeld':
      return words.allHeld;
    case 'soldOut':
      return words.soldOut;
    case 'notMinted':
      return words.notMinted;
    case 'restoring':
      return words.restoring;
  }
}

/**
 * Where all units of an edition are now: on the shelf, in checkouts, sold.
 * @param whole beside it stands how many are in checkouts; elsewhere it shows them when nothing else is left, as the words say then
 */
export function ShelfBar({ product, whole }: { product: ProductAnswer; whole?: boolean }) {
  const messages = useMessages();
  const { available, held, sold, minted } = product;
  if (available === null || held === null || sold === null || minted === 0) {
    return <div aria-hidden="true" className="h-1.5 rounded-full bg-sunken" />;
  }
  const share = (units: number) => ({ width: `${(units / minted) * 100}%` });
  return (
    <div
      role="img"
      aria-label={messages.product.shelf(available, held, sold)}
      className="flex h-1.5 gap-px overflow-hidden rounded-full bg-line forced-colors:h-2 forced-colors:border"
    >
      <span
        style={share(available)}
        className="bg-good forced-colors:bg-[CanvasText] motion-safe:transition-[width] motion-safe:duration-500"
      />
      <span
        style={share(whole || !available ? held : 0)}
        className="bg-warn forced-colors:bg-[Highlight] motion-safe:transition-[width] motion-safe:duration-500"
      />
    </div>
  );
}
