'use client';

import { Suspense, useState } from 'react';
import { later } from '#components/ui/later.ts';

const ReadyCard = later(async () => (await import('#components/delivery/ready-card.tsx')).ReadyCard);

/** Only whoever waits for a sale can get ready; nobody else loads what that takes. */
export function Ready({ waiting }: { waiting: boolean }) {
  const [waited, setWaited] = useState(waiting);
  if (waiting && !waited) setWaited(true);
  return (
    waited && (
      <Suspense>
        <ReadyCard waiting={waiting} />
      </Suspense>
    )
  );
}
