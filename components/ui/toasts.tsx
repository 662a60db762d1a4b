'use client';

import { Suspense, useSyncExternalStore } from 'react';
import { later } from '#components/ui/later.ts';

let wanted = false;
const listeners = new Set<() => void>();
let arrive: (show: (text: string) => void) => void;
const arrived = new Promise<(text: string) => void>((resolve) => {
  arrive = resolve;
});

const Toaster = later(async () => (await import('#components/ui/toaster.tsx')).Toaster);

/** Passing news that nobody must have seen. What is wrong, and what matters later, is said on the page instead. */
export function toast(text: string): void {
  wanted = true;
  for (const listener of listeners) listener();
  void arrived.then((show) => show(text));
}

/** Where toasts come up; their script is loaded with the first one. */
export function Toasts() {
  const asked = useSyncExternalStore(
    subscribe,
    () => wanted,
    () => false,
  );
  return (
    asked && (
      <Suspense>
        <Toaster onReady={arrive} />
      </Suspense>
    )
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
