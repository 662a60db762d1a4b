'use client';

import { useEffect } from 'react';
import { messages } from '#components/messages.ts';

/** Name the browser's tab once the page knows what it shows. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · ${messages.shop.name}`;
  }, [title]);
}
