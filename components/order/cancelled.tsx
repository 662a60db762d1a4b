'use client';

import { storedCart } from '#components/cart/stored-cart.ts';
import { useCart } from '#components/cart/use-cart.ts';
import { Refusal } from '#components/hold/refusal.tsx';
import { useCheckout } from '#components/hold/use-checkout.ts';
import { useMessages } from '#components/messages/index.ts';
import { MoneyBack } from '#components/order/money-back.tsx';
import { OrderLines } from '#components/order/order-lines.tsx';
import { Outcome } from '#components/order/outcome.tsx';
import { useSaleState } from '#components/sale/use-sale.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import type { OneSaleAnswer, OrderAnswer } from '#lib/contract.ts';

/** An order that ended without a sale: why, and a way to try again at once. */
export function Cancelled({
  order,
  sale,
  watched,
}: {
  order: OrderAnswer;
  sale: OneSaleAnswer | undefined;
  /** It ended before the shopper's eyes. */
  watched: boolean;
}) {
  const messages = useMessages();
  const { order: words } = messages;
  const reason = order.reason ?? 'EXPIRED';
  return (
    <article className="rise mx-auto flex max-w-2xl flex-col gap-6 rounded-card border border-line bg-card p-6 sm:p-10">
      <header>
        <p className="font-semibold text-muted">{messages.orders.status.CANCELLED}</p>
        <Outcome watched={watched} className="mt-1 text-3xl sm:text-4xl">
          {words.reasonTitle[reason]}
        </Outcome>
        <p className="mt-3 text-muted">{words.reasonText[reason]}</p>
      </header>
      <MoneyBack order={order} />
      <OrderLines order={order} products={sale?.products ?? []} />
      {sale ? <TryAgain order={order} sale={sale} /> : <div className="skeleton h-32 rounded-2xl!" />}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <ButtonLink kind="quiet" href={`/sales/${order.saleId}`}>
          {words.keepLooking}
        </ButtonLink>
        <ButtonLink kind="quiet" href="/orders">
          {words.all}
        </ButtonLink>
      </div>
    </article>
  );
}

function TryAgain({ order, sale }: { order: OrderAnswer; sale: OneSaleAnswer }) {
  const messages = useMessages();
  const state = useSaleState(sale);
  const checkout = useCheckout();
  const { cart } = useCart();
  const { order: words } = messages;
  const lines = order.items.map((line) => {
    const { available = 0, held = 0 } = sale.products.find(({ productId }) => productId === line.productId) ?? {};
    return { ...line, available: available ?? 0, held: held ?? 0 };
  });
  const wanted = lines.flatMap(({ productId, quantity, available }) =>
    available > 0 ? [{ productId, quantity: Math.min(quantity, available) }] : [],
  );
  const shown = lines.reduce((sum, { price, quantity, available }) => sum + price * Math.min(quantity, available), 0);
  const whole = lines.every(({ quantity, available }) => available >= quantity);
  const fromCart =
    cart &&
    storedCart.read()?.orders[order.saleId] === order.orderId &&
    cart.items.some(({ saleId }) => saleId === order.saleId);
  const buy = (expectedTotal: number) =>
    checkout.begin(
      whole && fromCart ? { cartId: cart.cartId, saleId: order.saleId } : { items: wanted },
      expectedTotal,
    );
  const text =
    state !== 'open'
      ? words.notOpenText
      : whole
        ? words.tryAgainText
        : wanted.length > 0
          ? words.partly
          : lines.some(({ held }) => held > 0)
            ? words.waitText
            : words.goneText;
  return (
    <section className="flex flex-col gap-3 rounded-2xl bg-sunken p-5">
      <p role="status">{text}</p>
      <Button size="large" off={state !== 'open' || wanted.length === 0 || checkout.busy} onClick={() => buy(shown)}>
        {checkout.busy ? messages.product.buying : words.tryAgain}
      </Button>
      <Refusal
        onAgree={buy}
        state={checkout.state}
        names={Object.fromEntries(lines.map(({ productId, name }) => [productId, name]))}
      />
    </section>
  );
}
