'use client';

import { type ComponentType, lazy } from 'react';

/**
 * A part whose script comes when it is first shown, and is no part of what a page needs first; to stand in a <Suspense>, and in
 * no shell: what a page's HTML has of it would be missed where the script cannot be had.
 * Nothing stands there where the script cannot be had, so it is for parts that nobody needs in order to buy.
 */
export const later = <Props>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => ({ default: await load().catch((): ComponentType<Props> => () => null) }));
