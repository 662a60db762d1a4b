'use client';

import { useMessages } from '#components/messages/index.ts';
import { usePayments } from '#components/payment/use-payments.ts';

/** Whether money moves. The strip has its height before the words are known, so that nothing jumps. */
export function TestPayments() {
  const { shop } = useMessages();
  const payments = usePayments();
  return (
    <aside
      aria-label={shop.payments}
      className="min-h-7 bg-night px-4 py-1.5 text-center text-dusk text-xs sm:min-h-8 sm:text-sm"
    >
      {payments && (payments.test ? shop.testPayments[payments.provider] : shop.realPayments)}
    </aside>
  );
}
