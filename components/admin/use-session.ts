'use client';

import { call } from '#components/api.ts';
import { useApi } from '#components/use-api.ts';

const SESSION_PATH = '/api/admin/session';

/** Whether this browser may act as the merchant, and the two ways to change that. */
export function useSession() {
  const { data, error, mutate } = useApi<{ signedIn: boolean }>(SESSION_PATH);
  return {
    signedIn: data?.signedIn,
    problem: error,
    retry: () => mutate(),
    signIn: async (key: string) => {
      await call(SESSION_PATH, { method: 'POST', body: { key } });
      await mutate();
    },
    signOut: async () => {
      await call(SESSION_PATH, { method: 'DELETE' });
      await mutate();
    },
  };
}
