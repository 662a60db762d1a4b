import type { PaymentAnswer } from '#lib/payments/index.ts';
import type { BankFloor } from '#tests/support/bank.ts';
import type { MoneyFigures } from '#tests/support/money.ts';
import type { Witness } from '#tests/support/witness.ts';

/** The bank's ledger against the orders, order by order, without a line of the shop's code. */
export async function compare(
  { bank }: BankFloor,
  { orders }: Witness,
): Promise<{ figures: Pick<MoneyFigures, 'orders' | 'payments' | 'taken' | 'sold'>; problems: string[] }> {
  const problems: string[] = [];
  const ledger = await wholeLedger(bank);
  const net = new Map<string, number>(); // "<order> <currency>" → what the shop has of it
  for (const { paymentId, orderId, entries, standing } of ledger) {
    if (standing === 'authorized') problems.push(`payment ${paymentId} hangs`);
    for (const { kind, amount, currency } of entries) {
      const name = `${orderId} ${currency}`;
      if (kind === 'captured') net.set(name, (net.get(name) ?? 0) + amount);
      if (kind === 'refunded') net.set(name, (net.get(name) ?? 0) - amount);
    }
  }
  const all = await orders.find().toArray();
  for (const { _id, status, total, currency } of all) {
    const name = `${_id} ${currency}`;
    const [taken, owed] = [net.get(name) ?? 0, status === 'PAID' ? total : 0];
    if (taken !== owed) problems.push(`order ${_id} is ${status}: ${owed} ${currency} are due, the bank took ${taken}`);
    net.delete(name);
  }
  for (const [name, taken] of net) if (taken !== 0) problems.push(`${taken} were taken for ${name}, which nobody owes`);
  return {
    problems,
    figures: {
      orders: countBy(all.map(({ status, reason }) => reason ?? status)),
      payments: countBy(ledger.map(({ standing }) => standing)),
      taken: ledger
        .flatMap(({ entries }) => entries)
        .reduce((sum, { kind, amount }) => sum + (kind === 'captured' ? amount : kind === 'refunded' ? -amount : 0), 0),
      sold: all.reduce((sum, { status, total }) => sum + (status === 'PAID' ? total : 0), 0),
    },
  };
}

async function wholeLedger(bank: BankFloor['bank']): Promise<PaymentAnswer[]> {
  const all: PaymentAnswer[] = [];
  for (;;) {
    const after = encodeURIComponent(all.at(-1)?.paymentId ?? '');
    const { body } = await bank.api<{ payments: PaymentAnswer[] }>('GET', `/v1/ledger?after=${after}`);
    if (body.payments.length === 0) return all;
    all.push(...body.payments);
  }
}

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names.sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
