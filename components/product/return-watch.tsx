'use client';

import { useEffect, useRef, useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { SaleNews } from '#components/sale/sale-news.tsx';
import { stockOf } from '#components/sale/stock.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { mainHeading, useKeptFocus } from '#components/ui/kept-focus.ts';
import { notify } from '#components/ui/notify.ts';
import { TellMe } from '#components/ui/tell-me.tsx';
import { useTitle } from '#components/ui/use-title.ts';
import type { OneSaleAnswer, ProductAnswer } from '#lib/contract.ts';

interface Watch {
  sale: OneSaleAnswer;
  product: ProductAnswer;
  watching: boolean;
  onWatch: () => void;
}

/**
 * Says what changes while a product's page is open. That one which could not be had is back it says aloud, in the tab's title, and
 * to who asked for it by a notification of the browser.
 */
export function ReturnWatch({ sale, product, watching, onWatch }: Watch) {
  const { product: words } = useMessages();
  const { backAgain, backAgainText, soldOut } = words;
  const { state } = stockOf(product);
  const before = useRef(state);
  const [back, setBack] = useState(false);
  const [gone, setGone] = useState(false);
  const [notifies, setNotifies] = useState(false);
  useTitle(back ? `● ${product.name}` : product.name);
  useKeptFocus((focused) => (focused.closest('main') ? mainHeading : null));

  useEffect(() => {
    if (state === before.current || state === 'restoring') return; // while units are counted nothing has come or gone
    const cameBack = state === 'available' && (before.current === 'allHeld' || before.current === 'soldOut');
    before.current = state;
    setBack(cameBack);
    setGone(state === 'soldOut');
    if (cameBack && notifies) notify(backAgain(product.name), backAgainText, product.productId);
  }, [state, notifies, product.name, product.productId, backAgain, backAgainText]);

  return (
    <>
      <SaleNews sale={sale} />
      <Announcer text={back ? backAgain(product.name) : gone ? soldOut : ''} />
      <TellMe
        words={words}
        shown={state === 'allHeld'}
        asked={watching}
        notifies={notifies}
        onAsk={onWatch}
        onAnswer={setNotifies}
      />
    </>
  );
}
