'use client';

import { useEffect, useRef, useState } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { stockOf } from '#components/sale/stock.ts';
import { Announcer } from '#components/ui/announcer.tsx';
import { Button } from '#components/ui/button.tsx';
import { useTitle } from '#components/ui/use-title.ts';
import type { ProductAnswer } from '#lib/contract.ts';

interface Watch {
  product: ProductAnswer;
  watching: boolean;
  onWatch: () => void;
}

/**
 * Says that a product which could not be had is back while the page is open: aloud, in the tab's title, and to who asked for
 * it by a notification of the browser.
 */
export function ReturnWatch({ product, watching, onWatch }: Watch) {
  const { tellMe, telling, tellingByTab, backAgain, backAgainText } = useMessages().product;
  const { state } = stockOf(product);
  const before = useRef(state);
  const [back, setBack] = useState(false);
  const [notifies, setNotifies] = useState(false);
  useTitle(back ? `● ${product.name}` : product.name);

  useEffect(() => {
    if (state === before.current) return;
    const cameBack = state === 'available' && (before.current === 'allHeld' || before.current === 'soldOut');
    before.current = state;
    setBack(cameBack);
    if (cameBack && notifies) notify(backAgain(product.name), backAgainText, product.productId);
  }, [state, notifies, product.name, product.productId, backAgain, backAgainText]);

  return (
    <>
      <Announcer text={back ? backAgain(product.name) : ''} />
      {state === 'allHeld' && (
        <Button
          kind="secondary"
          size="small"
          className="self-start"
          off={watching}
          onClick={async () => {
            onWatch();
            setNotifies(await mayNotify());
          }}
        >
          {tellMe}
        </Button>
      )}
      <p role="status" className="text-muted text-sm empty:hidden">
        {state === 'allHeld' && watching && (notifies ? telling : tellingByTab)}
      </p>
    </>
  );
}

const mayNotify = async () => 'Notification' in window && (await Notification.requestPermission()) === 'granted';

function notify(title: string, body: string, tag: string): void {
  try {
    const notification = new Notification(title, { body, tag, icon: '/icon.svg' });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // browsers of phones leave this to service workers: the title and the page itself say it
  }
}
