'use client';

import { useEffect, useRef, useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { stockOf } from '#components/sale/stock.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import type { ProductAnswer } from '#lib/contract.ts';

/** Says it aloud when a product that could not be had comes back while the page is open. */
export function ReturnWatch({ product }: { product: ProductAnswer }) {
  const { backAgain } = useMessages().product;
  const { state } = stockOf(product);
  const before = useRef(state);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (state === before.current) return;
    const cameBack = state === 'available' && (before.current === 'allHeld' || before.current === 'soldOut');
    setNews(cameBack ? backAgain(product.name) : '');
    before.current = state;
  }, [state, product.name, backAgain]);
  return <Announcer text={news} />;
}
