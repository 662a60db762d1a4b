import { money, rate } from '#components/format.ts';
import { useMessages } from '#components/messages/index.ts';
import type { OrderAnswer } from '#lib/contract.ts';

/** The tax that an order's total contains; nothing where there is none. */
export function TaxIncluded({
  order,
  className,
}: {
  order: Pick<OrderAnswer, 'tax' | 'taxBasisPoints' | 'currency'>;
  className?: string;
}) {
  const messages = useMessages();
  if (order.taxBasisPoints === 0) return null;
  return (
    <span className={className}>
      {messages.hold.taxIncluded(rate(order.taxBasisPoints), money(order.tax, order.currency))}
    </span>
  );
}
