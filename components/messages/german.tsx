'use client';

import type { ReactNode } from 'react';
import { de } from '#components/messages/de.ts';
import { MessagesContext } from '#components/messages/use-messages.ts';

export default function German({ children }: { children: ReactNode }) {
  return <MessagesContext value={de}>{children}</MessagesContext>;
}
