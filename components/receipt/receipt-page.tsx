'use client';

import { Printer } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useMessages } from '#components/messages/index.ts';
import { CopyLink } from '#components/receipt/copy-link.tsx';
import { Receipt } from '#components/receipt/receipt.tsx';
import { useReceipt } from '#components/receipt/use-receipt.ts';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { Trouble } from '#components/ui/trouble.tsx';
import { useMounted } from '#components/ui/use-mounted.ts';

/** Any order's receipt. The id is in the address, the secret behind its #, which browsers keep to themselves. */
export function ReceiptPage() {
  const pathname = usePathname();
  const mounted = useMounted();
  const orderId = mounted ? (pathname.split('/')[2] ?? '') : null;
  const { data: receipt, error, mutate } = useReceipt(orderId, mounted ? location.hash.slice(1) : '');
  const { receipt: words, shop } = useMessages();

  if (!receipt) {
    if (error) return <Trouble problem={error} missing={words.missing} retry={() => mutate()} />;
    return <div role="status" aria-label={shop.loading} className="skeleton h-160 rounded-card!" />;
  }
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2 print:hidden">
        <Button onClick={() => window.print()}>
          <Printer aria-hidden="true" className="size-4" />
          {words.print}
        </Button>
        <CopyLink path={receipt.link} />
        <ButtonLink kind="quiet" href={`/orders/${receipt.orderId}`} className="ml-auto">
          {words.toOrder}
        </ButtonLink>
      </div>
      <Receipt receipt={receipt} />
    </>
  );
}
