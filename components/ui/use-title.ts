'use client';

import { useEffect } from 'react';
import { useMessages } from '#components/messages/index.ts';

/** Name the browser's tab once the page knows what it shows. */
export function useTitle(title: string | undefined): void {
  const { name } = useMessages().shop;
  useEffect(() => {
    if (title) document.title = `${title} · ${name}`;
  }, [title, name]);
}
