'use client';

import { Suspense } from 'react';
import type { Noted } from '#components/sale/state-note-words.tsx';
import { later } from '#components/ui/later.ts';

const Words = later<Noted>(async () => (await import('#components/sale/state-note-words.tsx')).StateNoteWords);

/** What to know while buying is not possible, and where to go next; whoever can buy, or soon can, loads none of it. */
export function StateNote(noted: Noted) {
  if ((noted.state === 'open' || noted.state === 'upcoming') && !noted.soldOut) return null;
  return (
    <Suspense>
      <Words {...noted} />
    </Suspense>
  );
}
