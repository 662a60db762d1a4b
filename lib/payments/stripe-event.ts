import { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';
import type { Verified } from '#lib/payments/provider.ts';
import { fromStripeAmount } from '#lib/payments/stripe-amount.ts';

const id = z.string().min(1).max(LIMITS.keyLength);
const units = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const metadata = z.record(z.string(), z.string()).nullish();
const currency = z
  .string()
  .regex(/^[a-z]{3}$/i)
  .toUpperCase();

const envelope = z.object({
  id,
  type: z.string().min(1).max(100),
  livemode: z.boolean(),
  /** Which request of ours made it happen; null when it was Stripe itself or its dashboard. */
  request: z.object({ idempotency_key: z.string().nullish() }).nullish(),
  data: z.object({ object: z.unknown() }),
});
const intent = z.object({ id, amount: units, amount_capturable: units, amount_received: units, currency, metadata });
const refund = z.object({ payment_intent: id.nullish(), amount: units, currency, metadata });
const charge = z.object({ payment_intent: id.nullish(), amount_refunded: units, currency, metadata });

interface Meaning {
  type: string;
  paymentId: string;
  units: number;
  currency: string;
  metadata?: z.infer<typeof metadata>;
}

/** The idempotency key of our own cancelling, so that its event can be told from somebody else's. */
export const voidKey = (paymentId: string) => `void-${paymentId}`;

/** The order that an intent or charge is for, as `authorise` wrote it; undefined when it is not of this shop. */
export function orderIdOf(written: z.infer<typeof metadata>): string | undefined {
  return z.uuid().toLowerCase().safeParse(written?.orderId).data;
}

/**
 * What a signed event of Stripe's means to the shop.
 * @returns `ignored` for what is no news of a payment of this shop; `otherMode` for one of test mode at a live key, or the
 *   other way round; `malformed` for what Stripe would not send
 */
export function readStripeEvent(event: unknown, live: boolean): Verified {
  const read = envelope.safeParse(event);
  if (!read.success) return { status: 'malformed' };
  const meaning = meaningOf(read.data);
  if (meaning === 'ignored' || meaning === 'malformed') return { status: meaning };
  const orderId = orderIdOf(meaning.metadata);
  if (!orderId) return { status: 'ignored' };
  if (read.data.livemode !== live) return { status: 'otherMode', eventId: read.data.id, orderId };
  const amount = fromStripeAmount(meaning.units, meaning.currency);
  if (amount === undefined) return { status: 'malformed' };
  const { type, paymentId, currency } = meaning;
  return { status: 'verified', event: { eventId: read.data.id, type, paymentId, orderId, amount, currency } };
}

function meaningOf({ type, request, data }: z.infer<typeof envelope>): Meaning | 'ignored' | 'malformed' {
  if (type === 'charge.refunded') {
    const read = charge.safeParse(data.object);
    if (!read.success) return 'malformed';
    const { payment_intent: paymentId, amount_refunded, ...rest } = read.data;
    return paymentId ? { type: 'payment.refunded', paymentId, units: amount_refunded, ...rest } : 'ignored';
  }
  if (type === 'refund.failed') {
    const read = refund.safeParse(data.object);
    if (!read.success) return 'malformed';
    const { payment_intent: paymentId, amount, ...rest } = read.data;
    return paymentId ? { type: 'payment.refundFailed', paymentId, units: amount, ...rest } : 'ignored';
  }
  if (!/^payment_intent\.(amount_capturable_updated|succeeded|payment_failed|canceled)$/.test(type)) return 'ignored';
  const read = intent.safeParse(data.object);
  if (!read.success) return 'malformed';
  const { id: paymentId, amount, amount_capturable, amount_received, ...rest } = read.data;
  switch (type) {
    case 'payment_intent.amount_capturable_updated':
      if (amount_capturable === 0) return 'ignored'; // nothing is set aside any more
      return { type: 'payment.authorized', paymentId, units: amount_capturable, ...rest };
    case 'payment_intent.succeeded':
      return { type: 'payment.captured', paymentId, units: amount_received, ...rest };
    case 'payment_intent.payment_failed': // the intent stays open: another card may be tried
      return { type: 'payment.declined', paymentId, units: amount, ...rest };
    default: {
      const ours = request?.idempotency_key?.startsWith(voidKey(paymentId)) ?? false;
      return { type: ours ? 'payment.voided' : 'payment.failed', paymentId, units: amount, ...rest };
    }
  }
}
