import type { z } from 'zod';
import { LIMITS } from '#lib/limits.ts';
import { type Due, type Payment, ProviderUnavailableError } from '#lib/payments/provider.ts';
import { apiKey, listAnswer, outcomeAnswer, type PaymentAnswer, paymentAnswer } from '#lib/payments/sandbox/wire.ts';

/** The bank's API as the shop calls it. Every call throws ProviderUnavailableError when nobody knows what came of it. */
export class BankClient {
  readonly #url: string;
  readonly #key: string;

  /** @param url where the bank's process is */
  constructor(url: string, secret: string) {
    this.#url = url.replace(/\/+$/, '');
    this.#key = apiKey(secret);
  }

  /** @param key the idempotency key: the same key is the same payment */
  open({ orderId, total: amount, currency, returnUrl }: Due, key: string): Promise<PaymentAnswer> {
    return this.#call('/v1/payments', paymentAnswer, { orderId, amount, currency, returnUrl }, key);
  }

  async act(payment: Payment, verb: 'capture' | 'void' | 'refund'): Promise<z.infer<typeof outcomeAnswer>['outcome']> {
    const { paymentId, orderId, amount, currency } = payment;
    const path = `/v1/payments/${encodeURIComponent(paymentId)}/${verb}`;
    return (await this.#call(path, outcomeAnswer, { paymentId, orderId, amount, currency })).outcome;
  }

  async ofOrder(orderId: string): Promise<PaymentAnswer[]> {
    return (await this.#call(`/v1/payments?order=${encodeURIComponent(orderId)}`, listAnswer)).payments;
  }

  /** A page of the ledger, by payment id. */
  async page(after: string, limit: number): Promise<PaymentAnswer[]> {
    return (await this.#call(`/v1/ledger?after=${encodeURIComponent(after)}&limit=${limit}`, listAnswer)).payments;
  }

  async #call<T>(path: string, answer: z.ZodType<T>, body?: object, key?: string): Promise<T> {
    let status = 0;
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          authorization: `Bearer ${this.#key}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(key ? { 'idempotency-key': key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        redirect: 'error',
        cache: 'no-store',
        signal: AbortSignal.timeout(LIMITS.bankCallMs),
      });
      status = response.status;
      const said: unknown = await response.json();
      if (response.ok) return answer.parse(said);
    } catch (cause) {
      throw new ProviderUnavailableError(`the bank cannot be asked (${path.split('/').at(-1)!.split('?')[0]})`, {
        cause,
      });
    }
    throw new ProviderUnavailableError(`the bank answers ${status}`);
  }
}
