'use client';

import type { ReactNode } from 'react';
import { en } from '#components/messages/en.ts';
import { MessagesContext } from '#components/messages/use-messages.ts';

export default function English({ children }: { children: ReactNode }) {
  return <MessagesContext value={en}>{children}</MessagesContext>;
}
