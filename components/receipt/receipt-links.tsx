'use client';

import { useMessages } from '#components/messages/index.ts';
import { CopyLink } from '#components/receipt/copy-link.tsx';
import { useReceipt } from '#components/receipt/use-receipt.ts';
import { ButtonLink } from '#components/ui/button.tsx';

/** From a PAID order to its receipt: to look at, and to pass on. */
export function ReceiptLinks({ orderId }: { orderId: string }) {
  const messages = useMessages();
  const { data: receipt } = useReceipt(orderId);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <ButtonLink kind="secondary" href={`/orders/${orderId}/receipt`} prefetch={false}>
        {messages.receipt.receipt}
      </ButtonLink>
      <CopyLink path={receipt?.link} />
    </div>
  );
}
