'use client';

import { browserStore } from '#components/browser-store.ts';

/**
 * Whether somebody signed in with this browser. A hint for what to show before the shop was asked, so that sale pages need not
 * ask; the session itself is a cookie that no script can read.
 */
export const knownAccount = browserStore<true>('holdfast.account');
