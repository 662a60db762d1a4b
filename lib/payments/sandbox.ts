import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type { PaymentEvent, PaymentProvider, Verified } from '#lib/payments/provider.ts';
import { isSigned, SIGNATURE_HEADER, sign } from '#lib/payments/signature.ts';

const webhookBody = z.object({
  id: z.string().min(1).max(LIMITS.keyLength),
  type: z.string().min(1).max(100),
  paymentId: z.string().min(1).max(LIMITS.keyLength),
  orderId: z.uuid().toLowerCase(),
  amount: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .toUpperCase(),
});

/** What the shopper chose on the bank's page. */
export type BankChoice = 'authorized' | 'failed';

/** The test bank: a provider with a ledger of its own (`sandbox_payments`) and webhooks signed like a real one's. */
export class Sandbox implements PaymentProvider {
  readonly name = 'sandbox';
  readonly #payments: Models['sandboxPayments'];
  readonly #secret: string;

  constructor({ sandboxPayments }: Pick<Models, 'sandboxPayments'>, secret: string) {
    this.#payments = sandboxPayments;
    this.#secret = secret;
  }

  verify(rawBody: string, headers: Headers): Verified {
    if (!isSigned(rawBody, headers.get(SIGNATURE_HEADER), this.#secret, Math.floor(Date.now() / 1000)))
      return { status: 'badSignature' };
    const parsed = webhookBody.safeParse(parseJson(rawBody));
    if (!parsed.success) return { status: 'malformed' };
    const { id: eventId, ...event } = parsed.data;
    return { status: 'verified', event: { eventId, ...event } };
  }

  /**
   * What the bank does when the shopper has chosen: note the payment, then make the webhook that says so. Payment and event
   * ids come from the order, so that a second click is the same payment.
   * @returns the raw body and headers, as they would come over the wire
   */
  async decide(
    order: { orderId: string; total: number; currency: string },
    choice: BankChoice,
  ): Promise<{ rawBody: string; headers: Headers }> {
    const { orderId, total: amount, currency } = order;
    const paymentId = `pay-${orderId}`;
    await this.#note({ paymentId, orderId, amount, currency }, choice);
    const rawBody = JSON.stringify({
      id: `bank-${orderId}-${choice}`,
      type: `payment.${choice}`,
      paymentId,
      orderId,
      amount,
      currency,
    });
    return {
      rawBody,
      headers: new Headers({ [SIGNATURE_HEADER]: sign(rawBody, this.#secret, Math.floor(Date.now() / 1000)) }),
    };
  }

  async capture(payment: Omit<PaymentEvent, 'eventId' | 'type'>): Promise<void> {
    await this.#note(payment, 'authorized');
    await this.#payments.updateOne(
      { _id: payment.paymentId, status: { $in: ['authorized', 'failed'] } },
      { $set: { status: 'captured' } },
    );
  }

  async giveBack(payment: Omit<PaymentEvent, 'eventId' | 'type'>): Promise<void> {
    await this.#note(payment, 'authorized');
    await this.#payments.updateOne({ _id: payment.paymentId }, { $set: { status: 'voided' } });
  }

  async #note(
    { paymentId, orderId, amount, currency }: Omit<PaymentEvent, 'eventId' | 'type'>,
    status: BankChoice,
  ): Promise<void> {
    await this.#payments.updateOne(
      { _id: paymentId },
      { $setOnInsert: { orderId, amount, currency, status, createdAt: new Date() } },
      { upsert: true },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
