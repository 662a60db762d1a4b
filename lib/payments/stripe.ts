import Stripe from 'stripe';
import type { PayHere } from '#lib/contract.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import {
  type Due,
  type Payment,
  type PaymentProvider,
  ProviderUnavailableError,
  type Standing,
  type Verified,
} from '#lib/payments/provider.ts';
import { fromStripeAmount, toStripeAmount } from '#lib/payments/stripe-amount.ts';
import { orderIdOf, readStripeEvent, voidKey } from '#lib/payments/stripe-event.ts';

export interface StripeSettings {
  secretKey: string;
  webhookSecret: string;
  publishableKey: string;
  /** Tests only: where the API is, instead of https://api.stripe.com. */
  apiUrl?: string | undefined;
}

/** Stripe knows the request and will not do it: `code` is Stripe's own word for why. */
interface Refused {
  refused: string;
}

/**
 * Stripe as the payment provider: one PaymentIntent per order, authorised in Stripe's fields on the order's page, captured by
 * the shop once the units are won (`capture_method: manual`), cancelled or refunded when they are lost.
 * Every call throws ProviderUnavailableError when Stripe cannot be asked, answers 429 or 5xx, or refuses for a reason that decides nothing.
 */
export class StripePayments implements PaymentProvider {
  readonly name = 'stripe';
  readonly #stripe: Stripe;
  readonly #webhookSecret: string;
  readonly #publishableKey: string;
  readonly #live: boolean;

  constructor({ secretKey, webhookSecret, publishableKey, apiUrl }: StripeSettings) {
    this.#stripe = new Stripe(secretKey, {
      timeout: LIMITS.providerCallMs,
      maxNetworkRetries: LIMITS.providerRetries,
      telemetry: false,
      ...(apiUrl ? placeOf(apiUrl) : {}),
    });
    this.#webhookSecret = webhookSecret;
    this.#publishableKey = publishableKey;
    this.#live = isLiveKey(secretKey);
  }

  verify(rawBody: string, headers: Headers): Verified {
    let event: Stripe.Event;
    try {
      event = this.#stripe.webhooks.constructEvent(
        rawBody,
        headers.get('stripe-signature') ?? '',
        this.#webhookSecret,
        LIMITS.webhookToleranceSeconds,
      );
    } catch (error) {
      return { status: error instanceof Stripe.errors.StripeSignatureVerificationError ? 'badSignature' : 'malformed' };
    }
    const read = readStripeEvent(event, this.#live);
    if (read.status !== 'otherMode') return read;
    log().error({ eventId: event.id, live: this.#live }, "an event of the key's other mode (test or live) is ignored");
    return { status: 'ignored' };
  }

  /**
   * One intent for an order, however often it is asked for (Stripe remembers the key for a day at least, longer than any hold
   * lasts but an extended one of a whole day; of two intents the second to pay is given back). Only methods that stay on the
   * page: who is sent to another site seldom is back before the hold ends. Stripe leaves out those that cannot be captured later.
   */
  async authorise({ orderId, total, currency }: Due): Promise<{ payment: Payment; pay: PayHere }> {
    const amount = toStripeAmount(total, currency);
    if (amount === undefined)
      throw new ProviderUnavailableError(`stripe cannot take ${total} ${currency} to the last digit`);
    const intent = await this.#keyed(`authorise-${orderId}`, (options) =>
      this.#stripe.paymentIntents.create(
        {
          amount,
          currency: currency.toLowerCase(),
          capture_method: 'manual',
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { orderId },
          description: `Order ${orderId}`,
        },
        options,
      ),
    );
    if ('refused' in intent) throw new ProviderUnavailableError(`stripe refused to begin a payment: ${intent.refused}`);
    const { id: paymentId, client_secret: clientSecret } = intent;
    if (!clientSecret) throw new ProviderUnavailableError('stripe began a payment without a client secret');
    return {
      payment: { paymentId, orderId, amount: total, currency },
      pay: { kind: 'fields', clientSecret, publishableKey: this.#publishableKey },
    };
  }

  async capture({ paymentId }: Payment): Promise<'captured' | 'impossible'> {
    const captured = await this.#keyed(`capture-${paymentId}`, (options) =>
      this.#stripe.paymentIntents.capture(paymentId, {}, options),
    );
    if (!('refused' in captured) && captured.status === 'succeeded') return 'captured';
    const { status } = await this.#look(paymentId);
    if (status === 'succeeded') return 'captured';
    if (status === 'canceled') return 'impossible';
    throw new ProviderUnavailableError(`stripe did not capture: the intent is ${status}${because(captured)}`);
  }

  async void({ paymentId }: Payment): Promise<'voided' | 'captured'> {
    const voided = await this.#keyed(voidKey(paymentId), (options) =>
      this.#stripe.paymentIntents.cancel(paymentId, { cancellation_reason: 'abandoned' }, options),
    );
    if (!('refused' in voided) && voided.status === 'canceled') return 'voided';
    const { status } = await this.#look(paymentId);
    if (status === 'canceled') return 'voided';
    if (status === 'succeeded') return 'captured';
    throw new ProviderUnavailableError(`stripe did not cancel: the intent is ${status}${because(voided)}`);
  }

  async refund({ paymentId, orderId }: Payment): Promise<void> {
    const refund = await this.#keyed(`refund-${paymentId}`, (options) =>
      this.#stripe.refunds.create({ payment_intent: paymentId, metadata: { orderId } }, options),
    );
    if ('refused' in refund) {
      if (refund.refused === 'charge_already_refunded') return;
      throw new ProviderUnavailableError(`stripe did not refund: ${refund.refused}`);
    }
    if (refund.status === 'failed' || refund.status === 'canceled')
      throw new ProviderUnavailableError(`stripe did not refund: the refund is ${refund.status}`);
  }

  /**
   * By the payment's id Stripe answers what is true now. Without one, its search is asked for the order's id: that is up to a
   * minute behind (an hour on a bad day), so that "undefined" then means "not yet heard of", never "there is none".
   */
  async lookup({
    paymentId,
    orderId,
  }: {
    orderId: string;
    paymentId?: string | undefined;
  }): Promise<(Payment & { standing: Standing }) | undefined> {
    if (paymentId) {
      const intent = await this.#ask(() =>
        this.#stripe.paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] }),
      );
      if (!('refused' in intent)) return toPayment(intent);
      if (intent.refused !== 'resource_missing')
        throw new ProviderUnavailableError(`stripe did not look up: ${intent.refused}`);
    }
    if (!orderIdOf({ orderId })) return undefined; // never into a query
    const found = await this.#ask(() =>
      this.#stripe.paymentIntents.search({
        query: `metadata['orderId']:'${orderId}'`,
        limit: LIMITS.providerSearch,
        expand: ['data.latest_charge'],
      }),
    );
    if ('refused' in found) throw new ProviderUnavailableError(`stripe did not search: ${found.refused}`);
    return found.data
      .flatMap((intent) => toPayment(intent) ?? [])
      .sort((a, b) => WEIGHTS.indexOf(a.standing) - WEIGHTS.indexOf(b.standing))[0];
  }

  async #look(paymentId: string): Promise<Stripe.PaymentIntent> {
    const intent = await this.#ask(() => this.#stripe.paymentIntents.retrieve(paymentId));
    if (!('refused' in intent)) return intent;
    throw new ProviderUnavailableError(`stripe did not look up: ${intent.refused}`);
  }

  /**
   * A call under an idempotency key. Stripe repeats the first answer under a key for a day, failures too: a repeated failure is
   * left behind by a second key. What was done after all is then told by the intent's own state, which allows each step once.
   */
  async #keyed<T extends object>(
    idempotencyKey: string,
    call: (options: Stripe.RequestOptions) => Promise<T>,
  ): Promise<T | Refused> {
    return this.#ask(() =>
      call({ idempotencyKey }).catch((error: unknown) => {
        if (error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true')
          return call({ idempotencyKey: `${idempotencyKey}-again` });
        throw error;
      }),
    );
  }

  async #ask<T extends object>(call: () => Promise<T>): Promise<T | Refused> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      const { type, code, statusCode, requestId } = error;
      if (REFUSALS.has(type)) return { refused: code ?? type };
      // Nothing of Stripe's own text: it may quote keys, cards and customers.
      throw new ProviderUnavailableError(`stripe: ${[type, code, statusCode, requestId].filter(Boolean).join(' ')}`);
    }
  }
}

/** Errors that say that the request as it stands will never do. */
const REFUSALS = new Set(['StripeInvalidRequestError', 'StripeCardError']);

/** Of several payments for one order, the one that weighs most comes first. */
const WEIGHTS: Standing[] = ['captured', 'authorized', 'open', 'refunded', 'failed', 'voided'];

const because = (answer: object) => ('refused' in answer ? ` (${answer.refused})` : '');

/** Whether a secret key moves real money. */
export const isLiveKey = (key: string) => /^[a-z]+_live_/.test(key);

function placeOf(apiUrl: string): { host: string; port: number; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(apiUrl);
  return { host: hostname, port: Number(port || 443), protocol: protocol === 'http:' ? 'http' : 'https' };
}

/** @returns undefined for an intent that this shop did not begin */
function toPayment(intent: Stripe.PaymentIntent): (Payment & { standing: Standing }) | undefined {
  const orderId = orderIdOf(intent.metadata);
  const currency = intent.currency.toUpperCase();
  const standing = standingOf(intent);
  const units =
    standing === 'authorized'
      ? intent.amount_capturable
      : standing === 'captured'
        ? intent.amount_received
        : intent.amount;
  const amount = fromStripeAmount(units, currency);
  return orderId && amount !== undefined ? { paymentId: intent.id, orderId, amount, currency, standing } : undefined;
}

function standingOf({ status, latest_charge: charge, cancellation_reason: reason }: Stripe.PaymentIntent): Standing {
  switch (status) {
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return typeof charge === 'object' && charge?.refunded ? 'refunded' : 'captured';
    case 'canceled':
      return reason === 'abandoned' ? 'voided' : 'failed'; // `void` gives this reason
    default:
      return 'open';
  }
}
