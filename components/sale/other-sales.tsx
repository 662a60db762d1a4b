'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { SaleStatus } from '#components/sale/sale-status.tsx';
import { useSale, useSaleState, useSales } from '#components/sale/use-sale.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { notify } from '#components/ui/notify.ts';
import { TellMe } from '#components/ui/tell-me.tsx';
import { useTitle } from '#components/ui/use-title.ts';
import type { SaleAnswer } from '#lib/contract.ts';

/**
 * Where to go when nothing is left here: to an open sale that has something left, and to the one that opens soonest, of whose
 * opening the page tells who asks for it.
 */
export function OtherSales({ after }: { after: string }) {
  const { sale: words, shop, product } = useMessages();
  const { data } = useSales();
  const [asked, setAsked] = useState<string | null>(null);
  const [notifies, setNotifies] = useState(false);
  const { data: live } = useSale(asked, true);
  const opened = useSaleState(live) === 'open';
  const { saleId, name = '' } = live ?? {};
  useTitle(opened ? `● ${name}` : undefined);
  useEffect(() => {
    if (opened && notifies && saleId) notify(words.isOpen(name), product.backAgainText, saleId);
  }, [opened, notifies, saleId, name, words, product]);

  if (!data) return null;
  const others = data.sales
    .filter((sale) => sale.saleId !== after)
    .map(
      (sale): SaleAnswer => (live?.saleId === sale.saleId ? { ...live, state: opened ? 'open' : live.state } : sale),
    );
  const open = others
    .filter(({ state, products }) => state === 'open' && products.some(({ available }) => (available ?? 0) > 0))
    .sort((a, b) => Number(b.saleId === asked) - Number(a.saleId === asked))[0];
  const coming = others.find(({ state, products }) => state === 'upcoming' && products.length > 0); // the shop lists the soonest first
  return (
    <>
      <Announcer text={opened ? words.isOpen(name) : ''} />
      {open && (
        <Way sale={open} primary>
          {words.see(open.name)}
        </Way>
      )}
      {coming && (
        <Way sale={coming} primary={!open}>
          {words.nextSale(coming.name)}
        </Way>
      )}
      <TellMe
        words={words}
        shown={coming !== undefined}
        asked={coming?.saleId === asked}
        notifies={notifies}
        onAsk={() => setAsked(coming?.saleId ?? null)}
        onAnswer={setNotifies}
      />
      {!open && !coming && (
        <>
          <p>{words.noOther}</p>
          <ButtonLink kind="secondary" href="/" className="self-start">
            {shop.back}
          </ButtonLink>
        </>
      )}
    </>
  );
}

function Way({ sale, primary, children }: { sale: SaleAnswer; primary: boolean; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <ButtonLink
        kind={primary ? 'primary' : 'secondary'}
        href={`/sales/${sale.saleId}`}
        className="wrap-anywhere min-w-0 max-w-full py-2"
      >
        {children}
      </ButtonLink>
      <SaleStatus sale={sale} />
    </div>
  );
}
