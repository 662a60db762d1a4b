'use client';

import { Suspense } from 'react';
import type { Refused } from '#components/hold/refusal-words.tsx';
import { later } from '#components/ui/later.ts';

const RefusalWords = later<Refused>(async () => (await import('#components/hold/refusal-words.tsx')).RefusalWords);

/** Why a checkout waits or was refused. Its script comes right after the page's own, before anybody can have been refused. */
export function Refusal(refused: Refused) {
  return (
    <Suspense>
      <RefusalWords {...refused} />
    </Suspense>
  );
}
