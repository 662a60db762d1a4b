'use client';

import { type ReactNode, Suspense } from 'react';
import { useMessages } from '#components/messages/index.ts';
import { Header } from '#components/shell/header.tsx';
import { Preferences } from '#components/shell/preferences.tsx';
import { TestPayments } from '#components/shell/test-payments.tsx';
import { ButtonAnchor } from '#components/ui/button.tsx';
import { later } from '#components/ui/later.ts';
import { Mark } from '#components/ui/mark.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

const OfflineBanner = later(async () => (await import('#components/shell/offline-banner.tsx')).OfflineBanner);

/** What stands around every page of the shop. */
export function Frame({ children }: { children: ReactNode }) {
  const { shop, trouble } = useMessages();
  const mounted = useMounted(); // the note is in no shell: where its script cannot be had, React would miss what stands there
  return (
    <div className="flex min-h-dvh flex-col">
      <ButtonAnchor
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-40 focus:px-5!"
      >
        {shop.skip}
      </ButtonAnchor>
      <TestPayments />
      <div className="sticky top-0 z-20">
        <Header />
        {mounted && (
          <Suspense>
            <OfflineBanner />
          </Suspense>
        )}
      </div>
      <noscript>
        <p className="bg-sunken px-4 py-3 text-center">{trouble.noScript}</p>
      </noscript>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto min-h-[calc(100dvh-5.5rem)] w-full max-w-6xl flex-1 px-4 py-6 outline-none sm:px-6 sm:py-10"
      >
        {children}
      </main>
      <footer className="mt-10 border-line border-t">
        <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-5 px-4 py-8 sm:px-6">
          <p className="flex items-center gap-3 text-muted text-sm">
            <Mark className="size-5 shrink-0" />
            {shop.footer}
          </p>
          <Preferences />
        </div>
      </footer>
    </div>
  );
}
