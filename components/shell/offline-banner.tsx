'use client';

import { useSyncExternalStore } from 'react';
import { useMessages } from '#components/messages/index.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Right below the header, however high that is: at the bottom stands the bar to buy with. */
export function OfflineBanner() {
  const messages = useMessages();
  const online = useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
  return (
    <div
      role="status"
      data-offline={online ? undefined : true}
      className={
        online
          ? 'sr-only'
          : 'absolute inset-x-3 top-full mx-auto mt-2 max-w-lg rounded-2xl border border-transparent bg-ink px-5 py-3 text-center text-paper text-sm'
      }
    >
      {online ? '' : messages.shop.offline}
    </div>
  );
}
