'use client';

import { knownAccount } from '#components/account/known-account.ts';
import { SignInToBuy } from '#components/account/sign-in-link.tsx';
import { CartLine } from '#components/cart/cart-line.tsx';
import { cartSettled, setQuantity } from '#components/cart/use-cart.ts';
import { money } from '#components/format.ts';
import { Refusal } from '#components/hold/refusal.tsx';
import { useCheckout } from '#components/hold/use-checkout.ts';
import { useMessages } from '#components/messages/index.ts';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { SaleTerms } from '#components/sale/sale-terms.tsx';
import { StateNote } from '#components/sale/state-note.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import type { CartAnswer, SaleAnswer } from '#lib/contract.ts';

/** A cart's things of one sale, and their checkout. */
export function CartGroup({ cart, sale }: { cart: CartAnswer; sale: SaleAnswer }) {
  const messages = useMessages();
  const state = useSaleState(sale);
  const checkout = useCheckout();
  const account = knownAccount.use();
  const lines = cart.items.filter(({ saleId }) => saleId === sale.saleId);
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const short = 'problem' in checkout.state ? checkout.state.problem.problem?.items : [];

  const buy = (expectedTotal: number) =>
    checkout.begin({ cartId: cart.cartId, saleId: sale.saleId }, expectedTotal, cartSettled());

  function change(productId: string, quantity: number) {
    checkout.forget();
    setQuantity(cart, productId, quantity).catch(() => {});
  }

  return (
    <section aria-label={sale.name} className="overflow-hidden rounded-card border border-line bg-card">
      <header className="flex flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-4 sm:px-6">
        <h2 className="wrap-anywhere min-w-0 font-semibold text-lg">
          <Link
            href={`/sales/${sale.saleId}`}
            className="underline decoration-edge underline-offset-4 hover:decoration-ink"
          >
            {sale.name}
          </Link>
        </h2>
        <SaleStatus sale={sale} />
      </header>
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <CartLine
            key={line.productId}
            line={line}
            product={sale.products.find(({ productId }) => productId === line.productId)}
            left={short?.find(({ productId }) => productId === line.productId)?.available}
            onChange={(quantity) => change(line.productId, quantity)}
          />
        ))}
      </ul>
      <footer className="flex flex-col gap-4 border-line border-t bg-sunken px-4 py-5 sm:px-6">
        <p className="flex items-baseline justify-between">
          <span className="text-muted">{messages.cart.total}</span>
          <span className="font-semibold text-2xl tabular-nums">{money(total, sale.currency)}</span>
        </p>
        <StateNote state={state} saleId={sale.saleId} />
        {state === 'open' && sale.accountsOnly && !account ? (
          <SignInToBuy size="large" about={sale.name} className="w-full" />
        ) : (
          <Button size="large" off={state !== 'open' || checkout.busy} onClick={() => buy(total)} className="w-full">
            {checkout.busy
              ? messages.product.buying
              : state === 'open'
                ? messages.cart.checkout
                : messages.sale.state[state]}
            <span className="sr-only">{sale.name}</span>
          </Button>
        )}
        <Refusal
          state={checkout.state}
          onAgree={buy}
          names={Object.fromEntries(lines.map(({ productId, name }) => [productId, name]))}
        />
        <p className="text-muted text-sm">
          <SaleTerms sale={sale} />
        </p>
      </footer>
    </section>
  );
}
