'use client';

import { usePathname } from 'next/navigation';
import { Suspense } from 'react';
import { knownAccount } from '#components/account/known-account.ts';
import { knownShopper } from '#components/cart/stored-cart.ts';
import { useCart } from '#components/cart/use-cart.ts';
import { useMessages } from '#components/messages/index.ts';
import { later } from '#components/ui/later.ts';
import { Link } from '#components/ui/link.tsx';
import { Mark } from '#components/ui/mark.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

/** For those who have shopped here: nobody else can have a hold. */
const HoldBar = later(async () => (await import('#components/shell/hold-bar.tsx')).HoldBar);

const LINK =
  'inline-flex min-h-11 items-center rounded-full px-2 hover:bg-sunken max-[24rem]:px-1 sm:px-3 aria-[current=page]:font-semibold';

export function Header() {
  const messages = useMessages();
  const pathname = usePathname();
  const mounted = useMounted();
  const { things } = useCart();
  const account = knownAccount.use();
  const shopper = knownShopper.use();
  const { shop } = messages;
  const current = (href: string) => (mounted && pathname === href ? 'page' : undefined);
  return (
    <header className="border-line border-b bg-paper">
      <nav
        aria-label={shop.navigation}
        className="mx-auto flex max-w-6xl items-center justify-between gap-2 px-2 py-1.5 sm:px-3"
      >
        <Link
          href="/"
          className="inline-flex min-h-11 items-center gap-2 rounded-full px-2 font-semibold text-lg tracking-tight sm:px-3"
        >
          <Mark />
          <span className="max-[24rem]:sr-only">{shop.name}</span>
        </Link>
        <div className="flex items-center gap-0.5 text-sm sm:text-base">
          <Link href="/orders" className={LINK} aria-current={current('/orders')}>
            {shop.orders}
          </Link>
          <Link
            href={account ? '/account' : '/signin'}
            prefetch={false}
            className={LINK}
            aria-current={current(account ? '/account' : '/signin')}
          >
            {account ? shop.account : messages.account.signIn}
          </Link>
          <Link href="/cart" className={LINK} aria-current={current('/cart')}>
            {shop.cart}
            {things > 0 && (
              <span className="ml-1.5 grid h-6 min-w-6 place-items-center rounded-full bg-ink forced-colors:border px-1.5 font-semibold text-paper text-sm tabular-nums">
                <span aria-hidden="true">{things}</span>
                <span className="sr-only">{shop.things(things)}</span>
              </span>
            )}
          </Link>
        </div>
      </nav>
      {shopper && pathname !== '/cart' && (
        <Suspense>
          <HoldBar pathname={pathname} />
        </Suspense>
      )}
    </header>
  );
}
