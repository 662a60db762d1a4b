'use client';

import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { serverNow } from '#components/clock/server-clock.ts';

const TICK_MS = 200;
/** What is drawn in one frame is read at one instant; what is drawn later is not as old as the last tick. */
const FRAME_MS = 16;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tickMs = 0;
let tickedAt = Number.NEGATIVE_INFINITY;

function tick(): void {
  tickMs = serverNow();
  tickedAt = performance.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The readers of one frame see the same instant. */
function now(): number {
  if (performance.now() - tickedAt > FRAME_MS) {
    tickMs = serverNow();
    tickedAt = performance.now();
  }
  return tickMs;
}

/** What `read` makes of the server's time; renders again only when that changes. Null while rendering on the server. */
export function useServerTime<T extends string | number | boolean>(read: (nowMs: number) => T): T | null {
  return useSyncExternalStore(
    subscribe,
    () => read(now()),
    () => null,
  );
}

/** Call `onPassed` once when the server's clock reaches `atMs`. */
export function useMoment(atMs: number | null, onPassed: () => void): void {
  const passed = useServerTime((nowMs) => atMs !== null && nowMs >= atMs);
  const act = useEffectEvent(onPassed);
  useEffect(() => {
    if (passed && atMs !== null) act();
  }, [passed, atMs]);
}
