'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False while rendering on the server and hydrating, then true: for what only the browser knows. */
export const useMounted = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
