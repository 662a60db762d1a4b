'use client';

import { type ReactNode, Suspense } from 'react';
import { CartGroup } from '#components/cart/cart-group.tsx';
import { useCart } from '#components/cart/use-cart.ts';
import { HoldLink } from '#components/hold/hold-link.tsx';
import { useMessages } from '#components/messages/index.ts';
import { useLiveHolds } from '#components/order/use-orders.ts';
import { useSales } from '#components/sale/use-sale.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { later } from '#components/ui/later.ts';
import { Notice } from '#components/ui/notice.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

const Rest = later(async () => (await import('#components/cart/cart-rest.tsx')).CartRest);

export function CartPage() {
  const mounted = useMounted();
  const { cart, problem, isLoading } = useCart();
  const { data, error } = useSales();
  const holds = useLiveHolds();
  const { cart: words } = useMessages();

  const wanted = new Set(cart?.items.map(({ saleId }) => saleId));
  const unknown = wanted.size > 0 && !data;
  const trouble = cart ? unknown && error : problem;
  if (trouble) return <Trouble problem={trouble} missing={words.emptyTitle} retry={() => location.reload()} />;
  if (!mounted || isLoading || unknown) return <CartSkeleton />;
  const listed = data?.sales.filter(({ saleId }) => wanted.has(saleId)) ?? []; // the shop lists open ones first
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6">
      {holds.map((hold) => (
        <HoldLink key={hold.orderId} hold={hold} />
      ))}
      {!cart || wanted.size === 0 ? (
        <Notice title={words.emptyTitle} text={words.emptyText}>
          <ButtonLink href="/">{words.browse}</ButtonLink>
        </Notice>
      ) : (
        <>
          <CartTitle>{wanted.size > 1 && <p className="text-muted">{words.perSale}</p>}</CartTitle>
          {listed.map((sale) => (
            <CartGroup key={sale.saleId} cart={cart} sale={sale} />
          ))}
        </>
      )}
      <Suspense>
        <Rest cart={cart} listed={listed} />
      </Suspense>
    </div>
  );
}

function CartTitle({ children }: { children?: ReactNode }) {
  const { cart: words } = useMessages();
  return (
    <header className="flex flex-col gap-2">
      <h1 className="font-semibold text-4xl tracking-tight">{words.title}</h1>
      <p className="text-lg text-muted">{words.note}</p>
      {children}
    </header>
  );
}

function CartSkeleton() {
  const messages = useMessages();
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6">
      <CartTitle />
      <div role="status" aria-label={messages.shop.loading} className="skeleton h-112 w-full rounded-card!" />
    </div>
  );
}
