import type { Begun, Due, Known, Payment, Standing, Wanted } from '#lib/payments/index.ts';

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
  /** The merchant gave it back at the provider, without the shop. */
  outside: boolean;
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
  entry.currency = payment.currency;
  if (wanted !== 'failed') entry.authorized += 1;
  if (wanted === 'captured') entry.captured += 1;
  return true;
}

/** The time of an authorisation runs out. */
export function lapse(entry: BookEntry): void {
  Object.assign(entry, { standing: 'voided', voided: 1, lapsed: true });
}

/** Captured money goes back by the merchant's own hand. */
export function giveBack(entry: BookEntry): void {
  Object.assign(entry, { standing: 'refunded', refunded: 1, outside: true });
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
    outside: false,
    begun: false,
  };
  books.set(payment.paymentId, entry);
  return entry;
}

/** The provider as the shop calls it: each call once, however often it is repeated. */
export function bankModel(books: Books) {
  return {
    authorise({ orderId, total, currency, lost = [] }: Due): Begun {
      let paymentId = `pay-${orderId}`;
      for (let n = 2; lost.includes(paymentId); n++) paymentId = `pay-${orderId}-${n}`;
      const entry = open(books, { paymentId, orderId, amount: total, currency });
      entry.begun = true;
      const { amount } = entry;
      return { status: 'begun', payment: { paymentId, orderId, amount, currency }, pay: { kind: 'buttons' } };
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
    refund({ paymentId }: Payment): 'refunded' {
      const entry = books.get(paymentId);
      if (entry?.standing === 'captured') {
        entry.standing = 'refunded';
        entry.refunded += 1;
      }
      return 'refunded';
    },
    lookup({ orderId, paymentId, all }: Wanted): Known[] {
      const known = [...books.values()].filter((entry) => entry.orderId === orderId);
      return known.filter((entry) => all || !paymentId || entry.paymentId === paymentId).map((entry) => ({ ...entry }));
    },
  };
}
