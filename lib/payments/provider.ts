import type { PayHere } from '#lib/contract.ts';

/** One payment for one order. `amount` in minor units of `currency` (ISO 4217). */
export interface Payment {
  paymentId: string;
  orderId: string;
  amount: number;
  currency: string;
}

/**
 * What a provider says of a payment, as it is stored in the inbox. Types that decide something:
 * `payment.authorized` (the money is set aside), `payment.captured` (the provider has taken it already),
 * `payment.failed` (for good: the order is cancelled). Every other type (`payment.declined`: may try again) keeps the hold.
 */
export interface PaymentEvent extends Payment {
  /** The provider's own event id: one event is stored once. */
  eventId: string;
  type: string;
}

/** Where a payment stands in the provider's own books. `open`: the shopper has not paid yet, and still can. */
export type Standing = 'open' | 'authorized' | 'captured' | 'failed' | 'voided' | 'refunded';

/** `ignored`: signed, and nothing of a payment of this shop; it is answered like one that was stored. */
export type Verified =
  | { status: 'verified'; event: PaymentEvent }
  | { status: 'badSignature' | 'malformed' | 'ignored' };

/** What is to be paid: an order, and where the provider's page leads back to. */
export interface Due {
  orderId: string;
  total: number;
  currency: string;
  /** Absent when nobody is going to pay. */
  returnUrl?: string;
}

/** The provider could not be asked, or did not say in time what came of it: the same call may be repeated. */
export class ProviderUnavailableError extends Error {
  override name = 'ProviderUnavailableError';
}

/**
 * A payment provider. The shopper authorises money on the provider's side; the shop captures it after it has won the units,
 * and voids or refunds it when it has lost. Every call may be repeated and then changes nothing: the order's id is the
 * idempotency key of `authorise`, the payment's id that of all others. A call throws ProviderUnavailableError when
 * nobody knows what came of it.
 */
export interface PaymentProvider {
  readonly name: 'sandbox' | 'stripe';
  /** Check that a webhook is the provider's, over the raw body. */
  verify(rawBody: string, headers: Headers): Verified;
  /** Begin the payment of an order, or go on with the one that was begun. */
  authorise(due: Due): Promise<{ payment: Payment; pay: PayHere }>;
  /** Take authorised money. `impossible`: it can never be taken (voided, failed, or its time has run out). */
  capture(payment: Payment): Promise<'captured' | 'impossible'>;
  /** End a payment that holds no money of the shop's. `captured`: too late for that, refund it. */
  void(payment: Payment): Promise<'voided' | 'captured'>;
  /** Give captured money back, all of it. */
  refund(payment: Payment): Promise<void>;
  /** What the provider's books say of a payment, or of the order's where its id is not known. @returns undefined when there is none */
  lookup(wanted: {
    orderId: string;
    paymentId?: string | undefined;
  }): Promise<(Payment & { standing: Standing }) | undefined>;
}
