'use client';

import { useEffect, useEffectEvent, useRef } from 'react';

type Next = () => HTMLElement | null | undefined;

/**
 * Whoever goes by keyboard must not fall back to the top of the page when what they stood on is taken away.
 * @param after asked when something gets the focus: where to go on if it is taken off the page, or null where that is not ours to say
 */
export function useKeptFocus(after: (focused: Element) => Next | null): void {
  const stood = useRef<{ on: Element; next: Next } | null>(null);
  const noted = useEffectEvent((on: Element) => {
    const next = after(on);
    stood.current = next && { on, next };
  });
  useEffect(() => {
    const note = () => document.activeElement && noted(document.activeElement);
    note();
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
  useEffect(() => {
    if (!stood.current || stood.current.on.isConnected || document.activeElement !== document.body) return;
    const { next } = stood.current;
    stood.current = null;
    const place = next();
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1; // headings take the focus only when told to
    place.focus();
  });
}

/** The page's first heading. */
export const mainHeading = () => document.querySelector<HTMLElement>('main h1');
