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
      className={
        online
          ? 'sr-only'
          : 'fixed inset-x-3 bottom-3 z-30 mx-auto max-w-lg rounded-2xl bg-ink px-5 py-3 text-center text-paper text-sm'
      }
    >
      {online ? '' : messages.shop.offline}
    </div>
  );
}
