'use client';

import { useRef, useState } from 'react';
import { call } from '#components/api.ts';
import { Address } from '#components/delivery/address.tsx';
import { DeliveryForm } from '#components/delivery/delivery-form.tsx';
import { useMessages } from '#components/messages/index.ts';
import { Button } from '#components/ui/button.tsx';
import { useKeptFocus } from '#components/ui/kept-focus.ts';
import { useApi } from '#components/use-api.ts';
import type { DeliveryAnswer, SavedDeliveryAnswer } from '#lib/contract.ts';

const PATH = '/api/delivery';

/**
 * Before a sale that ships opens: say where it should go, so that nothing is left to do but pay. What somebody has begun to fill in
 * stays when the sale opens.
 */
export function ReadyCard({ waiting }: { waiting: boolean }) {
  const messages = useMessages();
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const [news, setNews] = useState('');
  const [trouble, setTrouble] = useState('');
  const shown = waiting || used;
  const { data, mutate } = useApi<SavedDeliveryAnswer>(shown ? PATH : null, { revalidateOnFocus: false });
  const { delivery: words } = messages;
  const card = useRef<HTMLElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useKeptFocus((focused) => (card.current?.contains(focused) ? () => opener.current : null));
  if (!shown || !data) return null;
  const saved = data.delivery;

  async function save(delivery: DeliveryAnswer) {
    const answer = await call<SavedDeliveryAnswer>(PATH, { method: 'PUT', body: delivery });
    await mutate(answer, { revalidate: false });
    setOpen(false);
    setNews(words.ready);
  }

  async function forget() {
    setTrouble('');
    try {
      await mutate(await call<SavedDeliveryAnswer>(PATH, { method: 'DELETE' }), { revalidate: false });
      setNews(words.forgotten);
    } catch {
      setTrouble(messages.refused.other);
    }
  }

  function change() {
    setTrouble('');
    setUsed(true);
    setOpen(true);
  }

  return (
    <section
      ref={card}
      aria-labelledby="ready"
      className="flex flex-col gap-4 rounded-card border border-line bg-card p-5 sm:p-8"
    >
      <header className="flex flex-col gap-1">
        <h2 id="ready" className="font-semibold text-xl tracking-tight">
          {saved && !open ? words.readyTitle : words.getReady}
        </h2>
        <p className="max-w-prose text-muted">{saved && !open ? words.readyText : words.getReadyText}</p>
      </header>
      <p role="status" className="sr-only">
        {news}
      </p>
      {open ? (
        <DeliveryForm initial={saved} save={words.save} onSave={save} onCancel={() => setOpen(false)} />
      ) : (
        <>
          {saved && <Address delivery={saved} />}
          <div className="flex flex-wrap items-center gap-4">
            <Button ref={opener} kind="secondary" onClick={change}>
              {saved ? words.change : words.add}
            </Button>
            {saved && (
              <Button kind="quiet" onClick={forget}>
                {words.forget}
              </Button>
            )}
            <p role="status" className="text-bad text-sm empty:hidden">
              {trouble}
            </p>
          </div>
        </>
      )}
    </section>
  );
}
