import { createHmac, randomUUID } from 'node:crypto';

/** An event as the sandbox's bank would send it, about an order's whole amount. */
export function bankEvent(
  order: { orderId: string; total: number; currency: string },
  more: Record<string, unknown> = {},
) {
  const { orderId, total: amount, currency } = order;
  return {
    id: `evt-${randomUUID()}`,
    type: 'payment.authorized',
    paymentId: `pi-${randomUUID()}`,
    orderId,
    amount,
    currency,
    ...more,
  };
}

/** The header that signs a webhook, made by hand after the contract: HMAC-SHA256 of "t.rawBody". */
export function signature(
  rawBody: string | Buffer,
  { secret = process.env.SANDBOX_WEBHOOK_SECRET!, at = Math.floor(Date.now() / 1000) } = {},
): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.`).update(rawBody).digest('hex')}`;
}
