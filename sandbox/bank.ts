import type { SandboxEnv } from '#lib/env.ts';
import type { Models } from '#lib/mongo/models.ts';
import { type BankPayment, Books, type Twist, wire } from '#lib/payments/index.ts';
import { type FaultSettings, Faults, type PaymentFault } from '#sandbox/faults.ts';
import { Webhooks } from '#sandbox/webhooks.ts';

/** What the payer may choose on the page. */
export type Choice = 'approve' | 'decline' | 'refuse';

/** The bank: its books, what goes wrong with them, and the outbox to the shop. */
export interface Bank {
  books: Books;
  faults: Faults;
  webhooks: Webhooks;
  /** The key of its API. */
  apiKey: string;
  shopOrigin: string;
  /** @returns the address of a payment's page */
  pageOf(paymentId: string): string;
  isPageKey(paymentId: string, key: string): boolean;
}

/** @param ownUrl where browsers reach the bank */
export function makeBank(env: SandboxEnv, models: Models, ownUrl: string, faults: FaultSettings): Bank {
  const secret = env.SANDBOX_WEBHOOK_SECRET;
  const books = new Books(models, { announces: true });
  const shopUrl = new URL(env.SHOP_URL ?? env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`);
  return {
    books,
    faults: new Faults(faults),
    webhooks: new Webhooks({ books, models, secret, url: new URL('/api/payment/webhook', shopUrl).href }),
    apiKey: wire.apiKey(secret),
    shopOrigin: new URL(env.NEXTAUTH_URL ?? shopUrl).origin,
    pageOf: (paymentId) =>
      `${new URL(ownUrl).origin}/pay/${encodeURIComponent(paymentId)}?key=${wire.pageKey(secret, paymentId)}`,
    isPageKey: (paymentId, key) => wire.isKey(key, wire.pageKey(secret, paymentId)),
  };
}

/**
 * Carry out what the payer chose, with all that goes wrong with it: by the bank's settings, or as the payer wished.
 * @returns the payment as it stands
 */
export async function choose(
  bank: Bank,
  payment: BankPayment,
  choice: Choice,
  wished: ReadonlySet<PaymentFault>,
): Promise<BankPayment> {
  const { books, faults, webhooks } = bank;
  if (payment.status !== 'open') return payment;
  const strikes = (fault: PaymentFault) => {
    if (!wished.has(fault)) return faults.strikes(fault, payment._id);
    faults.note(fault);
    return true;
  };
  const delivery = deliveryOf(faults.settings, strikes);
  const said = toPayment(payment);
  try {
    const declines = choice === 'approve' && payment.entries.length === 0 && faults.strikes('declining', payment._id);
    if (choice === 'decline' || declines) return (await books.decline(payment._id, { delivery })) ?? payment;
    if (choice === 'refuse') return await books.decide(said, 'failed', { delivery });
    const approved = await books.decide(said, 'authorized', { delivery, ...wrongSum(payment, strikes) });
    const captures = approved.status === 'authorized' && strikes('capturing');
    if (captures) await books.capture(toPayment(approved));
    if (strikes('doublePaying')) await payAgain(bank, payment, delivery, captures);
    return approved;
  } finally {
    webhooks.wake();
  }
}

function deliveryOf(settings: FaultSettings, strikes: (fault: PaymentFault) => boolean): Twist['delivery'] {
  return {
    ...(strikes('silent') ? { silent: true } : {}),
    ...(strikes('late') ? { lateMs: settings.lateMs } : {}),
    ...(strikes('duplicate') ? { copies: settings.copies } : {}),
    ...(strikes('shuffled') ? { shuffled: true } : {}),
  };
}

function wrongSum({ amount, currency }: BankPayment, strikes: (fault: PaymentFault) => boolean): Twist {
  return {
    ...(strikes('wrongAmount') ? { amount: amount + 1 } : {}),
    ...(strikes('wrongCurrency') ? { currency: currency === 'XTS' ? 'XXX' : 'XTS' } : {}),
  };
}

/** A second payment for the same order. The shop asks after the first one only, so it is always told of this one. */
async function payAgain(
  { books }: Bank,
  first: BankPayment,
  delivery: Twist['delivery'],
  captures: boolean,
): Promise<void> {
  const { orderId, amount, currency } = first;
  const second = await books.open({ key: `${first._id}-again`, orderId, amount, currency });
  await books.decide(toPayment(second), 'authorized', { delivery: { ...delivery, silent: false } });
  if (captures) await books.capture(toPayment(second));
}

function toPayment({ _id: paymentId, orderId, amount, currency }: BankPayment) {
  return { paymentId, orderId, amount, currency };
}
