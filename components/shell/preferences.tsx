'use client';

import { Suspense } from 'react';
import { later } from '#components/ui/later.ts';
import { useMounted } from '#components/ui/use-mounted.ts';

/** Their script is no part of what a page needs first; without it everything stays as the system and the browser want it. */
const PreferenceButtons = later(
  async () => (await import('#components/shell/preference-buttons.tsx')).PreferenceButtons,
);

/** How the visitor wants the shop: its colours and its language. Without a script there is nothing that could be pressed. */
export function Preferences() {
  const mounted = useMounted();
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-3 max-sm:min-h-25 print:hidden">
      {mounted && (
        <Suspense>
          <PreferenceButtons />
        </Suspense>
      )}
    </div>
  );
}
