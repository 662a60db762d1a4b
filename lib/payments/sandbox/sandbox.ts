import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import type {
  Begun,
  Due,
  Known,
  Payment,
  PaymentProvider,
  Standing,
  Verified,
  Wanted,
} from '#lib/payments/provider.ts';
import { type BankPayment, Books, paymentIdOf } from '#lib/payments/sandbox/books.ts';
import { BankClient } from '#lib/payments/sandbox/client.ts';
import { eventOf, type PaymentAnswer, toAnswer, toBody, webhookBody } from '#lib/payments/sandbox/wire.ts';
import { isSigned, SIGNATURE_HEADER, sign } from '#lib/payments/signature.ts';

/** What the shopper chose on the shop's own two buttons. */
export type BankChoice = 'authorized' | 'failed';

/**
 * The test bank as the shop uses it. With `url` it is a process of its own, reached by HTTP alone; without, its books are
 * kept from here, and the shopper pays by the shop's two buttons. Those work in both cases, whether or not the bank's process is up.
 */
export class Sandbox implements PaymentProvider {
  readonly name = 'sandbox';
  readonly #secret: string;
  readonly #books: Books;
  readonly #bank: BankClient | undefined;

  /** @param url where the bank's process is, if it has one */
  constructor(models: Pick<Models, 'sandboxPayments'>, { secret, url }: { secret: string; url?: string | undefined }) {
    this.#secret = secret;
    this.#books = new Books(models, { announces: url !== undefined });
    this.#bank = url ? new BankClient(url, secret) : undefined;
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
   * What the bank does when the shopper has pressed one of the shop's two buttons: note it in the books, of which the first
   * word counts, then make the webhook that says what stands there. It is the very event that the bank's process would send.
   * @param lost payments of the order that went back: the shopper's choice is of another one
   * @returns the raw body and headers, as they would come over the wire
   */
  async decide(
    order: { orderId: string; total: number; currency: string },
    choice: BankChoice,
    lost: readonly string[] = [],
  ): Promise<{ rawBody: string; headers: Headers }> {
    const { orderId, total: amount, currency } = order;
    const payment = { paymentId: paymentIdOf(keyOf(orderId, lost)), orderId, amount, currency };
    const decided = await this.#books.decide(payment, choice);
    const firstWord = decided.entries.findIndex(({ kind }) => kind !== 'declined');
    const rawBody = toBody(eventOf(decided, firstWord));
    return {
      rawBody,
      headers: new Headers({ [SIGNATURE_HEADER]: sign(rawBody, this.#secret, Math.floor(Date.now() / 1000)) }),
    };
  }

  /**
   * The order's id is the idempotency key, numbered once a payment under it went back; but a bank forgets keys, so that one which
   * was begun is looked for first. A payment that was ended without going back (refused for good, or because its order has
   * ended) is not begun anew.
   */
  async authorise(due: Due): Promise<Begun> {
    const { orderId, total: amount, currency, lost = [] } = due;
    const key = keyOf(orderId, lost);
    if (!this.#bank) {
      const { _id: paymentId } = await this.#books.open({ key, orderId, amount, currency });
      return { status: 'begun', payment: { paymentId, orderId, amount, currency }, pay: { kind: 'buttons' } };
    }
    const known = (await this.#bank.ofOrder(orderId)).filter(({ paymentId }) => !lost.includes(paymentId));
    const begun = weightiest(known) ?? (await this.#bank.open(due, key));
    const { paymentId, url } = begun;
    return {
      status: 'begun',
      payment: { paymentId, orderId, amount: begun.amount, currency: begun.currency },
      pay: { kind: 'page', url },
    };
  }

  async capture(payment: Payment): Promise<'captured' | 'impossible'> {
    if (!this.#bank) return this.#books.capture(payment);
    return (await this.#bank.act(payment, 'capture')) === 'captured' ? 'captured' : 'impossible';
  }

  async void(payment: Payment): Promise<'voided' | 'captured'> {
    if (!this.#bank) return this.#books.void(payment);
    return (await this.#bank.act(payment, 'void')) === 'captured' ? 'captured' : 'voided';
  }

  async refund(payment: Payment): Promise<'refunded'> {
    const refunded = this.#bank
      ? (await this.#bank.act(payment, 'refund')) === 'refunded'
      : await this.#books.refund(payment);
    if (!refunded) throw new Error(`payment ${payment.paymentId} was never captured: there is nothing to refund`);
    return 'refunded';
  }

  async lookup({ orderId }: Wanted): Promise<Known[]> {
    const found = this.#bank
      ? await this.#bank.ofOrder(orderId)
      : (await this.#books.ofOrder(orderId, LIMITS.bankPage)).map(withoutPage);
    return found.map(({ paymentId, amount, currency, standing }) => ({
      paymentId,
      orderId,
      amount,
      currency,
      standing,
    }));
  }

  /** A page of the bank's ledger, by payment id, for the audit. @param after the last page's last id */
  async ledger(after: string, limit: number): Promise<PaymentAnswer[]> {
    if (this.#bank) return this.#bank.page(after, limit);
    return (await this.#books.page(after, limit)).map(withoutPage);
  }
}

/** The order's first key whose payment did not go back. */
function keyOf(orderId: string, lost: readonly string[]): string {
  let key = orderId;
  for (let n = 2; lost.includes(paymentIdOf(key)); n++) key = `${orderId}-${n}`;
  return key;
}

const withoutPage = (payment: BankPayment): PaymentAnswer => toAnswer(payment, 'about:blank');

/** Of several payments of one order, the one that matters: whose money the shop has, may have, or may still get. */
function weightiest(payments: PaymentAnswer[]): PaymentAnswer | undefined {
  return WEIGHT.map((standing) => payments.find((payment) => payment.standing === standing)).find(Boolean);
}

const WEIGHT: Standing[] = ['captured', 'authorized', 'open', 'refunded', 'voided', 'failed'];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
