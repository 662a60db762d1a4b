'use client';

import { useMessages } from '#components/messages/index.ts';
import type { SaleAnswer } from '#lib/contract.ts';

/** On what terms a sale sells: to whom, how long a hold lasts, and whether what is bought is sent. */
export function SaleTerms({ sale }: { sale: Pick<SaleAnswer, 'accountsOnly' | 'holdSeconds' | 'ships'> }) {
  const { account, sale: words } = useMessages();
  return [
    ...(sale.accountsOnly ? [account.accountsOnly] : []),
    words.holdTerms(sale.holdSeconds),
    sale.ships ? words.ships : words.shipsNot,
  ].join(' ');
}
