'use client';

import type { ReactNode } from 'react';
import { CartGroup } from '#components/cart/cart-group.tsx';
import { useCart } from '#components/cart/use-cart.ts';
import { HoldLink } from '#components/hold/hold-link.tsx';
import { useMessages } from '#components/messages/index.ts';
import { useLiveHolds } from '#components/order/use-orders.ts';
import { useSales } from '#components/sale/use-sale.ts';
import { ButtonLink } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

export function CartPage() {
  const mounted = useMounted();
  const { cart, problem, isLoading } = useCart();
  const { data } = useSales();
  const holds = useLiveHolds();
  const { cart: words } = useMessages();

  if (!cart && problem) return <Trouble problem={problem} missing={words.emptyTitle} retry={() => location.reload()} />;
  if (!mounted || isLoading || (cart && !data)) return <CartSkeleton />;
  const saleIds = new Set(cart?.items.map(({ saleId }) => saleId));
  const sales =
    data?.sales
      .filter(({ saleId }) => saleIds.has(saleId))
      .sort((a, b) => Number(b.state === 'open') - Number(a.state === 'open')) ?? [];
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6">
      {holds.map((hold) => (
        <HoldLink key={hold.orderId} hold={hold} />
      ))}
      {!cart || sales.length === 0 ? (
        <Notice title={words.emptyTitle} text={words.emptyText}>
          <ButtonLink href="/">{words.browse}</ButtonLink>
        </Notice>
      ) : (
        <>
          <CartTitle>{sales.length > 1 && <p className="text-muted">{words.perSale}</p>}</CartTitle>
          {sales.map((sale) => (
            <CartGroup key={sale.saleId} cart={cart} sale={sale} />
          ))}
        </>
      )}
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
