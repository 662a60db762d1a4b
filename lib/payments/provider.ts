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
 * `payment.failed` (for good: the order is cancelled), `payment.refunded` and `payment.voided` (the money went back, or
 * `amount` of it: this payment can never buy), `payment.refundFailed` (what went back is with the shop again). Every other type (`payment.declined`: may try again) keeps the hold.
 */
export interface PaymentEvent extends Payment {
  /** The provider's own event id: one event is stored once. */
  eventId: string;
  type: string;
}

/** Where a payment stands in the provider's own books. `open`: the shopper has not paid yet, and still can. */
export type Standing = 'open' | 'authorized' | 'captured' | 'failed' | 'voided' | 'refunded';

/**
 * `ignored`: signed, and nothing of a payment of this shop; it is answered like one that was stored.
 * `otherMode`: signed, of play money where the shop takes real money, or the other way round: it decides nothing.
 */
export type Verified =
  | { status: 'verified'; event: PaymentEvent }
  | { status: 'otherMode'; eventId: string; orderId: string }
  | { status: 'badSignature' | 'malformed' | 'ignored' };

/** What is to be paid: an order, and where the provider's page leads back to. */
export interface Due {
  orderId: string;
  total: number;
  currency: string;
  /** Absent when nobody is going to pay. */
  returnUrl?: string;
  /** A payment of the order may have been begun before; its id, if the answer came. A provider forgets keys, so that it is looked for first. */
  again?: boolean;
  paymentId?: string | undefined;
  /** Payments of the order that went back: none of them can be gone on with, and the next has a key of its own. */
  lost?: readonly string[];
}

/** `refused`: the provider takes no such sum or currency, however often it is asked; `why` in its own words, for the log. */
export type Begun = { status: 'begun'; payment: Payment; pay: PayHere } | { status: 'refused'; why: string };

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
  authorise(due: Due): Promise<Begun>;
  /** Take authorised money. `impossible`: it can never be taken (voided, failed, given back, or its time has run out). */
  capture(payment: Payment): Promise<'captured' | 'impossible'>;
  /** End a payment that holds no money of the shop's. `captured`: too late for that, refund it. */
  void(payment: Payment): Promise<'voided' | 'captured'>;
  /** Give captured money back, all that is left of it. `pending`: the provider is at it, and it may fail yet; ask again later. */
  refund(payment: Payment): Promise<'refunded' | 'pending'>;
  /** What the provider's books say of an order's payments. @returns an empty list when there are none, or not yet */
  lookup(wanted: Wanted): Promise<Known[]>;
}

/** A payment as it stands in the provider's books. */
export interface Known extends Payment {
  standing: Standing;
}

export interface Wanted {
  orderId: string;
  /** The payment that the shop knows of, if any. */
  paymentId?: string | undefined;
  /** Also those that the shop does not know of; else a provider may answer with the known one alone, which is quicker. */
  all?: boolean;
}
