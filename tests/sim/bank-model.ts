import type { Payment, Standing } from '#lib/payments/index.ts';

/** One payment in the provider's own books. */
export interface BookEntry extends Payment {
  standing: Standing;
  /** How often money was set aside, taken, let go and given back. */
  authorized: number;
  captured: number;
  voided: number;
  refunded: number;
  /** The provider let it go by itself: its time had run out. */
  lapsed: boolean;
  /** It was begun by the shop. */
  begun: boolean;
}

export type Books = Map<string, BookEntry>;

/** What a shopper does at the provider: pays, or is refused. @returns whether the provider took it */
export function pay(
  books: Books,
  payment: Payment,
  wanted: 'authorized' | 'captured' | 'failed' | 'declined',
): boolean {
  const entry = open(books, payment);
  if (wanted === 'declined' || entry.standing !== 'open') return entry.standing === 'open';
  entry.standing = wanted;
  entry.amount = payment.amount;
  if (wanted !== 'failed') entry.authorized += 1;
  if (wanted === 'captured') entry.captured += 1;
  return true;
}

/** The time of an authorisation runs out. */
export function lapse(entry: BookEntry): void {
  Object.assign(entry, { standing: 'voided', voided: 1, lapsed: true });
}

function open(books: Books, payment: Payment): BookEntry {
  const entry = books.get(payment.paymentId) ?? {
    ...payment,
    standing: 'open' as const,
    authorized: 0,
    captured: 0,
    voided: 0,
    refunded: 0,
    lapsed: false,
    begun: false,
  };
  books.set(payment.paymentId, entry);
  return entry;
}

/** The provider as the shop calls it: each call once, however often it is repeated. */
export function bankModel(books: Books) {
  return {
    authorise({ orderId, total, currency }: { orderId: string; total: number; currency: string }) {
      const entry = open(books, { paymentId: `pay-${orderId}`, orderId, amount: total, currency });
      entry.begun = true;
      const { paymentId, amount } = entry;
      return { payment: { paymentId, orderId, amount, currency }, pay: { kind: 'buttons' as const } };
    },
    capture({ paymentId }: Payment): 'captured' | 'impossible' {
      const entry = books.get(paymentId);
      if (entry?.standing === 'captured') return 'captured';
      if (entry?.standing !== 'authorized') return 'impossible';
      entry.standing = 'captured';
      entry.captured += 1;
      return 'captured';
    },
    void(payment: Payment): 'voided' | 'captured' {
      const entry = open(books, payment);
      if (entry.standing === 'captured' || entry.standing === 'refunded') return 'captured';
      if (entry.standing !== 'voided') entry.voided += 1;
      entry.standing = 'voided';
      return 'voided';
    },
    refund({ paymentId }: Payment): void {
      const entry = books.get(paymentId);
      if (entry?.standing !== 'captured') return;
      entry.standing = 'refunded';
      entry.refunded += 1;
    },
    lookup({ orderId, paymentId }: { orderId: string; paymentId?: string | undefined }) {
      const entry = books.get(paymentId ?? `pay-${orderId}`);
      return entry && { ...entry };
    },
  };
}
