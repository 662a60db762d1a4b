'use client';

import { useEffect, useRef, useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { mainHeading, useKeptFocus } from '#components/ui/kept-focus.ts';
import type { CartLineAnswer } from '#lib/contract.ts';

const NOTHING: CartLineAnswer[] = [];

/** Says what has left the cart, or would not; who stood on it goes on at the next line, or at the heading. */
export function CartNews({ items = NOTHING }: { items: CartLineAnswer[] | undefined }) {
  const { cart: words, refused } = useMessages();
  const before = useRef(items);
  const removed = useRef('');
  const [news, setNews] = useState('');

  useKeptFocus((focused) => {
    const line = focused.closest('main li');
    if (!line) return null;
    const names = [...document.querySelectorAll<HTMLElement>('main li a')];
    const ownAndLater = names.slice(names.findIndex((name) => line.contains(name)));
    return () => ownAndLater.find((name) => name.isConnected) ?? mainHeading();
  });

  useEffect(() => {
    const gone = before.current.find(({ productId }) => items.every((line) => line.productId !== productId));
    before.current = items;
    if (gone) {
      removed.current = gone.productId;
      setNews(words.removed(gone.name));
    } else if (items.some(({ productId }) => productId === removed.current)) {
      removed.current = '';
      setNews(refused.other);
    }
  }, [items, words, refused]);
  return <Announcer text={news} />;
}
