'use client';

import { knownAccount } from '#components/account/known-account.ts';
import { SignInToBuy } from '#components/account/sign-in-link.tsx';
import { Refusal } from '#components/hold/refusal.tsx';
import { useCheckout } from '#components/hold/use-checkout.ts';
import { type Messages, useMessages } from '#components/messages/index.ts';
import { stockOf } from '#components/sale/stock.ts';
import { Button } from '#components/ui/button.tsx';
import type { ProductAnswer, SaleState } from '#lib/contract.ts';

/** Hold units of one product in one tap. It unlocks by itself when the sale opens or a unit comes back. */
export function BuyNow({
  product,
  state,
  accountsOnly,
  quantity = 1,
  large = false,
}: {
  product: ProductAnswer;
  state: SaleState;
  /** The sale's: guests sign in first. */
  accountsOnly: boolean;
  quantity?: number;
  large?: boolean;
}) {
  const messages = useMessages();
  const checkout = useCheckout();
  const buy = (expectedTotal: number) =>
    checkout.begin({ items: [{ productId: product.productId, quantity }] }, expectedTotal);
  const account = knownAccount.use();
  const label = checkout.busy ? messages.product.buying : buyWords(messages, product, state);
  const ready = state === 'open' && stockOf(product).state === 'available';
  if (ready && accountsOnly && !account) {
    const size = large ? 'large' : 'medium';
    return <SignInToBuy size={size} about={large ? '' : product.name} className="w-full max-sm:px-2!" />;
  }
  return (
    <div className="flex flex-col gap-2">
      <Button
        size={large ? 'large' : 'medium'}
        off={!ready || checkout.busy}
        onClick={() => buy(product.price * quantity)}
        className={large ? 'w-full' : 'w-full max-sm:px-2! max-sm:text-sm'}
      >
        {label}
        {!large && <span className="sr-only">{product.name}</span>}
      </Button>
      <Refusal state={checkout.state} names={{ [product.productId]: product.name }} onAgree={buy} />
    </div>
  );
}

/** What the button says: why it waits, or that it does not. */
function buyWords({ product: words, sale }: Messages, product: ProductAnswer, state: SaleState): string {
  if (state === 'upcoming') return words.waitOpening;
  if (state === 'paused' || state === 'closed' || state === 'restoring') return sale.state[state];
  const stock = stockOf(product);
  switch (stock.state) {
    case 'available':
      return words.buy;
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
