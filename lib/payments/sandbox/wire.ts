import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';
import type { PaymentEvent, Standing } from '#lib/payments/provider.ts';
import type { BankPayment } from '#lib/payments/sandbox/books.ts';

/** What shop and bank say to each other: the API's answers and the webhooks' bodies. */

const paymentId = z.string().regex(/^[\w-]{1,200}$/);
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .toUpperCase();

/** A webhook's body, after the contract. */
export const webhookBody = z.object({
  id: z.string().min(1).max(LIMITS.keyLength),
  type: z.string().min(1).max(100),
  paymentId: z.string().min(1).max(LIMITS.keyLength),
  orderId: z.uuid().toLowerCase(),
  amount,
  currency,
});

/** `POST /v1/payments`, with the idempotency key in its header. */
export const openBody = z.strictObject({
  orderId: z.uuid().toLowerCase(),
  amount,
  currency,
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
});

/** `POST /v1/payments/:id/capture|void|refund`: the whole payment, so that the bank may take over one that it does not know. */
export const paymentBody = z.strictObject({
  paymentId: z.string().min(1).max(LIMITS.keyLength),
  orderId: z.uuid().toLowerCase(),
  amount,
  currency,
});

const STANDINGS = ['open', 'authorized', 'captured', 'failed', 'voided', 'refunded'] as const satisfies Standing[];

/** A payment as the bank's API answers it. */
export const paymentAnswer = z.object({
  paymentId,
  orderId: z.string(),
  amount,
  currency,
  standing: z.enum(STANDINGS),
  /** Its page, for the payer. */
  url: z.url(),
  entries: z.array(
    z.object({
      kind: z.enum(['authorized', 'captured', 'failed', 'voided', 'refunded', 'declined']),
      amount,
      currency,
      at: z.iso.datetime(),
    }),
  ),
});
export type PaymentAnswer = z.infer<typeof paymentAnswer>;

export const listAnswer = z.object({ payments: z.array(paymentAnswer) });
export const outcomeAnswer = z.object({ outcome: z.enum(['captured', 'impossible', 'voided', 'refunded']) });

/** @param url the payment's page */
export function toAnswer(payment: BankPayment, url: string): PaymentAnswer {
  const { _id, orderId, amount, currency, status, entries = [] } = payment;
  return {
    paymentId: _id,
    orderId,
    amount,
    currency,
    standing: status,
    url,
    entries: entries.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
  };
}

/** The event that tells of a payment's ledger entry. Its id comes from the payment's, so that one entry is one event. */
export function eventOf({ _id, orderId, entries }: BankPayment, at: number): PaymentEvent {
  const { kind, amount, currency } = entries[at]!;
  const eventId = `evt-${_id}-${kind}${kind === 'declined' ? `-${at}` : ''}`;
  return { eventId, type: `payment.${kind}`, paymentId: _id, orderId, amount, currency };
}

/** A webhook's raw body. */
export function toBody({ eventId, ...event }: PaymentEvent): string {
  return JSON.stringify({ id: eventId, ...event });
}

/** What opens the bank's API, made from the one secret that shop and bank share. */
export const apiKey = (secret: string): string => derive(secret, 'sandbox api');

/** What opens a payment's page. Nobody can guess it, so nobody pays or refuses for a shopper. */
export const pageKey = (secret: string, payment: string): string => derive(secret, `sandbox page ${payment}`);

export function isKey(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const derive = (secret: string, purpose: string) =>
  createHmac('sha256', secret).update(`holdfast ${purpose}`).digest('base64url');
