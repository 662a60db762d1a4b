import Stripe from 'stripe';
import { LIMITS } from '#lib/limits.ts';
import {
  type Begun,
  type Due,
  type Known,
  type Payment,
  type PaymentProvider,
  ProviderUnavailableError,
  type Standing,
  type Verified,
  type Wanted,
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
    return readStripeEvent(event, this.#live);
  }

  /**
   * One intent for an order, however often it is asked for, and another after one that went back. Stripe remembers a key for
   * a day only, so that one that was begun is looked for first; of two intents the second to pay is given back. Only methods
   * that stay on the page: who is sent to another site seldom is back before the hold ends. Stripe leaves out those that cannot be captured later.
   */
  async authorise(due: Due): Promise<Begun> {
    const { orderId, total, currency, lost = [] } = due;
    const amount = toStripeAmount(total, currency);
    if (amount === undefined) return { status: 'refused', why: 'not to the last digit' };
    const after = due.paymentId && lost.includes(due.paymentId) ? `-after-${due.paymentId}` : '';
    const intent =
      (await this.#begunBefore(due)) ??
      (await this.#keyed(`authorise-${orderId}${after}`, (options) =>
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
      ));
    if ('refused' in intent) return { status: 'refused', why: intent.refused };
    if (lost.includes(intent.id)) return this.authorise({ ...due, paymentId: intent.id }); // the reply of the first was lost
    const { id: paymentId, client_secret: clientSecret } = intent;
    if (!clientSecret) throw new ProviderUnavailableError('stripe began a payment without a client secret');
    return {
      status: 'begun',
      payment: { paymentId, orderId, amount: total, currency },
      pay: { kind: 'fields', clientSecret, publishableKey: this.#publishableKey },
    };
  }

  /** Captured is the whole sum, and it is still there: a part (or what went back) is for a human to decide. */
  async capture({ paymentId, amount, currency }: Payment): Promise<'captured' | 'impossible'> {
    const captured = await this.#keyed(`capture-${paymentId}`, (options) =>
      this.#stripe.paymentIntents.capture(paymentId, { expand: ['latest_charge'] }, options),
    );
    const intent = isIn(captured, 'succeeded') ? captured : await this.#look(paymentId);
    if (intent.status === 'succeeded') {
      const whole = intent.amount_received === toStripeAmount(amount, currency);
      return whole && !isRefunded(intent) ? 'captured' : 'impossible';
    }
    if (intent.status === 'canceled') return 'impossible';
    throw new ProviderUnavailableError(`stripe did not capture: the intent is ${intent.status}${because(captured)}`);
  }

  async void({ paymentId }: Payment): Promise<'voided' | 'captured'> {
    const voided = await this.#keyed(voidKey(paymentId), (options) =>
      this.#stripe.paymentIntents.cancel(paymentId, { cancellation_reason: 'abandoned' }, options),
    );
    if (isIn(voided, 'canceled')) return 'voided';
    const { status } = await this.#look(paymentId);
    if (status === 'canceled') return 'voided';
    if (status === 'succeeded') return 'captured';
    throw new ProviderUnavailableError(`stripe did not cancel: the intent is ${status}${because(voided)}`);
  }

  /**
   * A refund of all that is left. Stripe may take days for one, and it may fail then: the next try gets a key of its own, and
   * Stripe itself never gives back more than was taken.
   */
  async refund({ paymentId, orderId }: Payment): Promise<'refunded' | 'pending'> {
    const before = await this.#refunds(paymentId);
    const again = before.length > 0 ? `-${before.length}` : '';
    const made = await this.#keyed(`refund-${paymentId}${again}`, (options) =>
      this.#stripe.refunds.create({ payment_intent: paymentId, metadata: { orderId } }, options),
    );
    if ('refused' in made && made.refused !== 'charge_already_refunded')
      throw new ProviderUnavailableError(`stripe did not refund: ${made.refused}`);
    const all = 'refused' in made ? before : [made, ...before];
    if ('status' in made && isLost(made))
      throw new ProviderUnavailableError(`stripe did not refund: the refund is ${made.status}`);
    return all.every((refund) => refund.status === 'succeeded' || isLost(refund)) ? 'refunded' : 'pending';
  }

  /**
   * By the payment's id Stripe answers what is true now. Without one, and for all of an order, its search is asked for the
   * order's id: that is up to a minute behind (an hour on a bad day), so that "none" then means "not yet heard of any".
   */
  async lookup({ paymentId, orderId, all = false }: Wanted): Promise<Known[]> {
    const known = paymentId ? await this.#find(paymentId) : undefined;
    const found = known && !all ? [] : await this.#search(orderId);
    const intents = new Map([...found, ...(known ? [known] : [])].map((intent) => [intent.id, intent]));
    return [...intents.values()].flatMap((intent) => toPayment(intent) ?? []);
  }

  async #find(paymentId: string): Promise<Stripe.PaymentIntent | undefined> {
    const intent = await this.#ask(() =>
      this.#stripe.paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] }),
    );
    if (!('refused' in intent)) return intent;
    if (intent.refused === 'resource_missing') return undefined;
    throw new ProviderUnavailableError(`stripe did not look up: ${intent.refused}`);
  }

  async #search(orderId: string): Promise<Stripe.PaymentIntent[]> {
    if (!orderIdOf({ orderId })) return []; // never into a query
    const found = await this.#ask(() =>
      this.#stripe.paymentIntents.search({
        query: `metadata['orderId']:'${orderId}'`,
        limit: LIMITS.providerSearch,
        expand: ['data.latest_charge'],
      }),
    );
    if ('refused' in found) throw new ProviderUnavailableError(`stripe did not search: ${found.refused}`);
    return found.data;
  }

  /** The intent to go on with, also when Stripe has forgotten its key. */
  async #begunBefore({ again, orderId, paymentId, lost = [] }: Due): Promise<Stripe.PaymentIntent | undefined> {
    if (paymentId) return lost.includes(paymentId) ? undefined : this.#find(paymentId);
    return again ? (await this.#search(orderId)).find(({ id }) => !lost.includes(id)) : undefined;
  }

  async #refunds(paymentId: string): Promise<Stripe.Refund[]> {
    const found = await this.#ask(() =>
      this.#stripe.refunds.list({ payment_intent: paymentId, limit: LIMITS.providerRefunds }),
    );
    if (!('refused' in found)) return found.data;
    throw new ProviderUnavailableError(`stripe did not list refunds: ${found.refused}`);
  }

  async #look(paymentId: string): Promise<Stripe.PaymentIntent> {
    const intent = await this.#find(paymentId);
    if (intent) return intent;
    throw new ProviderUnavailableError('stripe did not look up: resource_missing');
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

const isIn = (answer: Stripe.PaymentIntent | Refused, status: string): answer is Stripe.PaymentIntent =>
  'status' in answer && answer.status === status;
const isRefunded = ({ latest_charge: charge }: Stripe.PaymentIntent) =>
  typeof charge === 'object' && charge?.refunded === true;
const isLost = ({ status }: Stripe.Refund) => status === 'failed' || status === 'canceled';
const because = (answer: object) => ('refused' in answer ? ` (${answer.refused})` : '');

/** Whether a secret key moves real money. */
export const isLiveKey = (key: string) => /^[a-z]+_live_/.test(key);

function placeOf(apiUrl: string): { host: string; port: number; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(apiUrl);
  return { host: hostname, port: Number(port || 443), protocol: protocol === 'http:' ? 'http' : 'https' };
}

/** @returns undefined for an intent that this shop did not begin */
function toPayment(intent: Stripe.PaymentIntent): Known | undefined {
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

function standingOf(intent: Stripe.PaymentIntent): Standing {
  switch (intent.status) {
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return isRefunded(intent) ? 'refunded' : 'captured';
    case 'canceled':
      return intent.cancellation_reason === 'abandoned' ? 'voided' : 'failed'; // `void` gives this reason
    default:
      return 'open';
  }
}
