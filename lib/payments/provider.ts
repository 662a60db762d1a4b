/** What a provider says about an order, as it is stored in the inbox. `amount` in minor units of `currency`. */
export interface PaymentEvent {
  /** The provider's own event id: one event is stored once. */
  eventId: string;
  type: string;
  paymentId: string;
  orderId: string;
  amount: number;
  currency: string;
}

export type Verified = { status: 'verified'; event: PaymentEvent } | { status: 'badSignature' | 'malformed' };

/**
 * A payment provider. Money is authorised by the shopper on the provider's side; the shop captures it after it has won the
 * units, and gives it back when it has lost. Both may be repeated: the payment's id is the idempotency key.
 */
export interface PaymentProvider {
  readonly name: 'sandbox';
  /** Check that a webhook is the provider's, over the raw body. */
  verify(rawBody: string, headers: Headers): Verified;
  capture(payment: Pick<PaymentEvent, 'paymentId' | 'orderId' | 'amount' | 'currency'>): Promise<void>;
  /** Void an authorisation, or refund what was captured. */
  giveBack(payment: Pick<PaymentEvent, 'paymentId' | 'orderId' | 'amount' | 'currency'>): Promise<void>;
}
