import { createHmac, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '#lib/limits.ts';

export const SIGNATURE_HEADER = 'holdfast-signature';

/**
 * Sign a webhook body the way Stripe does: a time and an HMAC over both, so that a body cannot be changed nor an old one replayed.
 * @param atSeconds unix seconds
 * @returns the header's value `t=<seconds>,v1=<hex>`
 */
export function sign(rawBody: string, secret: string, atSeconds: number): string {
  return `t=${atSeconds},v1=${mac(rawBody, secret, String(atSeconds)).toString('hex')}`;
}

/** @returns whether `header` is our signature of this body, made within LIMITS.webhookToleranceSeconds of now */
export function isSigned(rawBody: string, header: string | null, secret: string, nowSeconds: number): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (!match) return false;
  const [, at, signature] = match as unknown as [string, string, string];
  if (Math.abs(nowSeconds - Number(at)) > LIMITS.webhookToleranceSeconds) return false;
  return timingSafeEqual(Buffer.from(signature, 'hex'), mac(rawBody, secret, at));
}

const mac = (rawBody: string, secret: string, at: string) =>
  createHmac('sha256', secret).update(`${at}.${rawBody}`).digest();
