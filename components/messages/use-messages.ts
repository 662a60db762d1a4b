'use client';

import { createContext, useContext } from 'react';
import type { Messages } from '#components/messages/en.ts';

export const MessagesContext = createContext<Messages | null>(null);

/** @returns the words of the page's language */
export function useMessages(): Messages {
  const messages = useContext(MessagesContext);
  if (!messages) throw new Error('no language around this component: see components/messages/speaking.tsx');
  return messages;
}
