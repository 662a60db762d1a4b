'use client';

import { useApi } from '#components/use-api.ts';
import type { PaymentsAnswer } from '#lib/contract.ts';

/** How this shop is paid; undefined until that is known. Asked once in a page's life. */
export function usePayments(): PaymentsAnswer | undefined {
  return useApi<PaymentsAnswer>('/api/payment', {
    revalidateIfStale: false,
    revalidateOnFocus: false,
    revalidateOnReconnect: false,
  }).data;
}
