'use client';

import useSWR from 'swr';
import { type ApiProblem, call } from '#components/api.ts';
import { orderPath } from '#components/order/use-orders.ts';
import type { ReceiptAnswer } from '#lib/contract.ts';

/**
 * The receipt of a PAID order; null asks nothing. The secret goes in a header: no access log writes those down.
 * @param secret what the receipt's link ends with, or empty for the order's own customer
 */
export function useReceipt(orderId: string | null, secret = '') {
  return useSWR<ReceiptAnswer, ApiProblem>(
    orderId === null ? null : [`${orderPath(orderId)}/receipt`, secret],
    ([path]: [string, string]) =>
      call<ReceiptAnswer>(path, { headers: /^[\w-]+$/.test(secret) ? { 'receipt-secret': secret } : {} }),
    { shouldRetryOnError: (problem: ApiProblem) => problem.passing, revalidateOnFocus: false },
  );
}
