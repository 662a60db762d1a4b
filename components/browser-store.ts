'use client';

import { useSyncExternalStore } from 'react';

/** A value that this browser remembers, the same in all its tabs. Storage that is full or forbidden forgets it with the page. */
export function browserStore<Value>(key: string) {
  const listeners = new Set<() => void>();
  let text: string | null | undefined;
  let value: Value | null = null;

  const load = (): string | null => {
    try {
      return localStorage.getItem(key);
    } catch {
      return text ?? null;
    }
  };
  const read = (): Value | null => {
    const stored = load();
    if (stored === text) return value;
    text = stored;
    value = parse(stored);
    return value;
  };
  const write = (next: Value | null): void => {
    value = next;
    text = next === null ? null : JSON.stringify(next);
    try {
      if (text === null) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // private mode: the page still works, it only remembers less
    }
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    window.addEventListener('storage', listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener('storage', listener);
    };
  };

  return { read, write, use: (): Value | null => useSyncExternalStore(subscribe, read, () => null) };

  function parse(stored: string | null): Value | null {
    try {
      return stored === null ? null : (JSON.parse(stored) as Value);
    } catch {
      return null;
    }
  }
}
