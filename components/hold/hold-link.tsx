'use client';

import { Countdown } from '#components/clock/countdown.tsx';
import { useMessages } from '#components/messages/index.ts';
import { Link } from '#components/ui/link.tsx';
import type { OrderAnswer } from '#lib/contract.ts';

/** The way back to a hold whose time runs, from anywhere in the shop. */
export function HoldLink({ hold }: { hold: OrderAnswer }) {
  const { hold: words } = useMessages();
  return (
    <Link
      href={`/orders/${hold.orderId}`}
      className="flex min-h-12 items-center justify-between gap-3 rounded-full bg-night px-5 py-2 text-starlight hover:bg-night-soft"
    >
      <span>
        {words.title} <Countdown until={hold.expiresAt} label={words.timer} className="font-semibold text-moon" />
      </span>
      <span className="font-semibold underline underline-offset-4">{words.finish}</span>
    </Link>
  );
}
