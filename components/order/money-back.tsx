import { clsx } from 'clsx';
import { useMessages } from '#components/messages/index.ts';
import type { OrderAnswer } from '#lib/contract.ts';

/** What becomes of money that bought nothing and why, said as soon as the shop knows it; before that, that the page looks out for it. */
export function MoneyBack({ order, className = 'bg-sunken' }: { order: OrderAnswer; className?: string }) {
  const { order: words } = useMessages();
  const { moneyBack, moneyBackCause, paymentOpen, status } = order;
  const text =
    moneyBack && moneyBackCause
      ? words.moneyBack[moneyBackCause][moneyBack]
      : status === 'CANCELLED' && paymentOpen
        ? words.lookingOut
        : '';
  return (
    <p role="status" className={text ? clsx('rounded-2xl p-4', className) : 'sr-only'}>
      {text}
    </p>
  );
}
