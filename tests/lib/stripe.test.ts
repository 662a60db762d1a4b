import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { StripePayments } from '#lib/payments/index.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { errorJson, eventJson, intentJson, type StripeApi, stripeApi } from '#tests/support/stripe-api.ts';

const WEBHOOK_SECRET = 'whsec_test_0123456789';
const settings = {
  secretKey: 'sk_test_0123456789',
  webhookSecret: WEBHOOK_SECRET,
  publishableKey: 'pk_test_0123456789',
};
const sdk = new Stripe(settings.secretKey);
const orderId = randomUUID();
const payment = { paymentId: 'pi_1', orderId, amount: 1900, currency: 'EUR' };
const due = { orderId, total: 1900, currency: 'EUR', returnUrl: 'https://shop.example/orders/1' };

let api: StripeApi;
let stripe: StripePayments;
beforeAll(async () => {
  api = await stripeApi();
});
beforeEach(() => {
  api.asked.length = 0;
  stripe = new StripePayments({ ...settings, apiUrl: api.url });
});
afterAll(() => api.close());

function signed(event: object | string, { secret = WEBHOOK_SECRET, at = Math.floor(Date.now() / 1000) } = {}) {
  const payload = typeof event === 'string' ? event : JSON.stringify(event);
  const header = sdk.webhooks.generateTestHeaderString({ payload, secret, timestamp: at });
  return { payload, headers: new Headers({ 'stripe-signature': header }) };
}
function verify(event: object | string, of = stripe) {
  const { payload, headers } = signed(event);
  return of.verify(payload, headers);
}
const ours = (more: Record<string, unknown> = {}) => intentJson({ metadata: { orderId }, ...more });

test('a payment is begun as one intent: authorised first, taken later, and the same when asked again', async () => {
  api.on('POST /v1/payment_intents', { body: ours() });
  const begun = await stripe.authorise(due);
  expect(begun).toEqual({
    status: 'begun',
    payment,
    pay: { kind: 'fields', clientSecret: 'pi_1_secret_1', publishableKey: 'pk_test_0123456789' },
  });
  expect(await stripe.authorise(due)).toEqual(begun);
  expect(api.asked).toHaveLength(2);
  for (const asked of api.asked) {
    expect(asked).toMatchObject({
      idempotencyKey: `authorise-${orderId}`,
      body: {
        amount: '1900',
        currency: 'eur',
        capture_method: 'manual',
        'automatic_payment_methods[enabled]': 'true',
        'automatic_payment_methods[allow_redirects]': 'never',
        'metadata[orderId]': orderId,
      },
    });
  }
});

test('an amount is told in units of Stripe, and one that it cannot take is not asked for', async () => {
  api.on('POST /v1/payment_intents', { body: ours({ amount: 500, currency: 'isk' }) });
  await stripe.authorise({ ...due, total: 5, currency: 'ISK' });
  expect(api.asked[0]?.body.amount).toBe('500');
  expect(await stripe.authorise({ ...due, total: 5124, currency: 'KWD' })).toMatchObject({ status: 'refused' });
  expect(api.asked).toHaveLength(1);
  api.on('POST /v1/payment_intents', { status: 400, body: errorJson('invalid_request_error', 'amount_too_small') });
  expect(await stripe.authorise(due)).toEqual({ status: 'refused', why: 'amount_too_small' });
});

test('a payment that was begun is gone on with, though Stripe has forgotten its key; after one that went back comes another', async () => {
  api.on('GET /v1/payment_intents/pi_1', { body: ours() });
  expect(await stripe.authorise({ ...due, again: true, paymentId: 'pi_1' })).toMatchObject({ payment });
  const list = [ours()];
  api.on('GET /v1/payment_intents/search', { body: { object: 'search_result', has_more: false, data: list } });
  expect(await stripe.authorise({ ...due, again: true }), 'its reply was lost').toMatchObject({ payment });
  expect(api.asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
  api.on('POST /v1/payment_intents', { body: ours({ id: 'pi_2' }) });
  const next = await stripe.authorise({ ...due, again: true, paymentId: 'pi_1', lost: ['pi_1'] });
  expect(next).toMatchObject({ payment: { paymentId: 'pi_2' } });
  expect(api.asked.at(-1)).toMatchObject({ method: 'POST', idempotencyKey: `authorise-${orderId}-after-pi_1` });
});

test('captured is captured, told at once or found out after a refusal', async () => {
  api.on('POST /v1/payment_intents/pi_1/capture', { body: ours({ status: 'succeeded', amount_received: 1900 }) });
  expect(await stripe.capture(payment)).toBe('captured');
  expect(api.asked).toMatchObject([{ idempotencyKey: 'capture-pi_1' }]);
  const refused = { status: 400, body: errorJson('invalid_request_error', 'payment_intent_unexpected_state') };
  api.on('POST /v1/payment_intents/pi_1/capture', refused);
  const taken = { status: 'succeeded', amount_received: 1900 };
  api.on('GET /v1/payment_intents/pi_1', { body: ours(taken) });
  expect(await stripe.capture(payment)).toBe('captured');
  for (const never of [
    { status: 'canceled' },
    { ...taken, amount_received: 1899 }, // a part of it, by hand: the rest was let go
    { ...taken, latest_charge: { refunded: true } },
  ]) {
    api.on('GET /v1/payment_intents/pi_1', { body: ours(never) });
    expect(await stripe.capture(payment)).toBe('impossible');
  }
  api.on('GET /v1/payment_intents/pi_1', { body: ours() });
  await expect(stripe.capture(payment)).rejects.toSatisfy(isUnavailable);
});

test('a payment that is over is voided; one that was taken must be refunded', async () => {
  api.on('POST /v1/payment_intents/pi_1/cancel', { body: ours({ status: 'canceled' }) });
  expect(await stripe.void(payment)).toBe('voided');
  expect(api.asked[0]).toMatchObject({ idempotencyKey: 'void-pi_1', body: { cancellation_reason: 'abandoned' } });
  const refused = { status: 400, body: errorJson('invalid_request_error', 'payment_intent_unexpected_state') };
  api.on('POST /v1/payment_intents/pi_1/cancel', refused);
  api.on('GET /v1/payment_intents/pi_1', { body: ours({ status: 'canceled' }) });
  expect(await stripe.void(payment)).toBe('voided');
  api.on('GET /v1/payment_intents/pi_1', { body: ours({ status: 'succeeded' }) });
  expect(await stripe.void(payment)).toBe('captured');
  api.on('GET /v1/payment_intents/pi_1', { body: ours({ status: 'processing' }) });
  await expect(stripe.void(payment)).rejects.toSatisfy(isUnavailable);
});

test('a refund is of all that is left of the payment, once', async () => {
  const list = (...statuses: string[]) =>
    api.on('GET /v1/refunds', {
      body: { object: 'list', has_more: false, data: statuses.map((status) => ({ id: 're_1', status })) },
    });
  const answer = (status: string) => api.on('POST /v1/refunds', { body: { id: 're_2', object: 'refund', status } });
  const refused = (code: string) =>
    api.on('POST /v1/refunds', { status: 400, body: errorJson('invalid_request_error', code) });
  list();
  answer('succeeded');
  expect(await stripe.refund(payment)).toBe('refunded');
  const made = api.asked.find(({ method }) => method === 'POST');
  expect(made).toMatchObject({ idempotencyKey: 'refund-pi_1', body: { payment_intent: 'pi_1' } });
  expect(made?.body.amount).toBeUndefined();

  answer('pending');
  expect(await stripe.refund(payment), 'nobody has the money yet').toBe('pending');
  list('pending');
  refused('charge_already_refunded');
  expect(await stripe.refund(payment)).toBe('pending');
  list('succeeded');
  expect(await stripe.refund(payment)).toBe('refunded');
  list('failed');
  answer('succeeded');
  expect(await stripe.refund(payment), 'a failed one is made again').toBe('refunded');
  expect(api.asked.at(-1)).toMatchObject({ method: 'POST', idempotencyKey: 'refund-pi_1-1' });

  list();
  for (const wrong of [() => answer('failed'), () => refused('charge_disputed')]) {
    wrong();
    await expect(stripe.refund(payment)).rejects.toSatisfy(isUnavailable);
  }
});

test('a payment is looked up by its id, else by its order', async () => {
  const standings: [Record<string, unknown>, string, number][] = [
    [{}, 'open', 1900],
    [{ status: 'requires_action' }, 'open', 1900],
    [{ status: 'processing' }, 'open', 1900],
    [{ status: 'requires_capture', amount_capturable: 1800 }, 'authorized', 1800],
    [{ status: 'succeeded', amount_received: 1900, latest_charge: { refunded: false } }, 'captured', 1900],
    [{ status: 'succeeded', amount_received: 1900, latest_charge: { refunded: true } }, 'refunded', 1900],
    [{ status: 'canceled', cancellation_reason: 'abandoned' }, 'voided', 1900],
    [{ status: 'canceled', cancellation_reason: 'automatic' }, 'failed', 1900],
  ];
  for (const [more, standing, amount] of standings) {
    api.on('GET /v1/payment_intents/pi_1', { body: ours(more) });
    expect(await stripe.lookup(payment)).toEqual([{ ...payment, amount, standing }]);
  }
  api.asked.length = 0;
  const list = [
    ours({ status: 'canceled' }),
    ours({ id: 'pi_2', status: 'requires_capture', amount_capturable: 1900 }),
  ];
  api.on('GET /v1/payment_intents/search', { body: { object: 'search_result', has_more: false, data: list } });
  const both = [{ standing: 'failed' }, { paymentId: 'pi_2', standing: 'authorized' }];
  expect(await stripe.lookup({ orderId })).toMatchObject(both);
  expect(await stripe.lookup({ ...payment, all: true }), 'by its id and by its order').toMatchObject(both);
  expect(api.asked[0]?.body.query).toBe(`metadata['orderId']:'${orderId}'`);
  api.on('GET /v1/payment_intents/search', { body: { object: 'search_result', has_more: false, data: [] } });
  expect(await stripe.lookup({ orderId })).toEqual([]);
  api.on('GET /v1/payment_intents/pi_9', { status: 404, body: errorJson('invalid_request_error', 'resource_missing') });
  expect(await stripe.lookup({ paymentId: 'pi_9', orderId })).toEqual([]);
  api.asked.length = 0;
  expect(await stripe.lookup({ orderId: "x' OR status:'succeeded" })).toEqual([]);
  expect(api.asked).toEqual([]);
});

test('an intent of another program on the same account is none of ours', async () => {
  for (const metadata of [{}, { orderId: '6735' }]) {
    api.on('GET /v1/payment_intents/pi_1', { body: intentJson({ metadata }) });
    expect(await stripe.lookup(payment)).toEqual([]);
    expect(verify(eventJson('payment_intent.succeeded', intentJson({ metadata })))).toEqual({ status: 'ignored' });
  }
});

test('Stripe away, overloaded or broken is "unavailable", with nothing of its own text and no key in the message', async () => {
  for (const answer of [
    { status: 429, body: errorJson('invalid_request_error', 'rate_limit') },
    { status: 500, body: errorJson('api_error', 'broken') },
    { status: 503, body: errorJson('api_error', 'broken') },
    { status: 401, body: errorJson('invalid_request_error', 'api_key_expired', `Expired key: ${settings.secretKey}`) },
    { status: 400, body: errorJson('idempotency_error', 'idempotency_key_in_use') },
    { hangUp: true },
  ]) {
    api.on('POST /v1/payment_intents', answer);
    const error = await stripe.authorise(due).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(isUnavailable(error)).toBe(true);
    expect(`${error?.message} ${JSON.stringify(error)} ${error?.cause}`).not.toMatch(/secret details|sk_test|Expired/);
  }
  const nowhere = new StripePayments({ ...settings, apiUrl: 'http://127.0.0.1:1' });
  await expect(nowhere.capture(payment)).rejects.toSatisfy(isUnavailable);
});

test('a Stripe that never answers is given up on, after a second try', { timeout: 60_000 }, async () => {
  api.on('POST /v1/payment_intents', { silent: true });
  await expect(stripe.authorise(due)).rejects.toSatisfy(isUnavailable);
  expect(api.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    `authorise-${orderId}`,
    `authorise-${orderId}`,
  ]);
});

test('a failure that Stripe only repeats for our key does not stand in the way for a day', async () => {
  const repeated = { ...errorJson('api_error', 'broken') };
  const headers = { 'idempotent-replayed': 'true', 'stripe-should-retry': 'false' };
  api.on(
    'POST /v1/payment_intents/pi_1/capture',
    { status: 500, body: repeated, headers },
    { body: ours({ status: 'succeeded', amount_received: 1900 }) },
  );
  expect(await stripe.capture(payment)).toBe('captured');
  expect(api.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['capture-pi_1', 'capture-pi_1-again']);
});

test('what Stripe says of a payment, in the words of the shop', () => {
  const authorised = ours({ status: 'requires_capture', amount_capturable: 1900 });
  const said: [Record<string, unknown>, string][] = [
    [eventJson('payment_intent.amount_capturable_updated', authorised), 'payment.authorized'],
    [eventJson('payment_intent.succeeded', ours({ amount_received: 1900 })), 'payment.captured'],
    [eventJson('payment_intent.payment_failed', ours()), 'payment.declined'],
    [eventJson('payment_intent.canceled', ours({ status: 'canceled' })), 'payment.failed'],
    [
      eventJson('charge.refunded', {
        id: 'ch_1',
        object: 'charge',
        payment_intent: 'pi_1',
        amount_refunded: 1900,
        currency: 'eur',
        metadata: { orderId },
      }),
      'payment.refunded',
    ],
    [
      eventJson('refund.failed', {
        id: 're_1',
        object: 'refund',
        payment_intent: 'pi_1',
        amount: 1900,
        currency: 'eur',
        metadata: { orderId },
        status: 'failed',
      }),
      'payment.refundFailed',
    ],
  ];
  for (const [event, type] of said)
    expect(verify(event)).toEqual({ status: 'verified', event: { ...payment, type, eventId: 'evt_1' } });
});

test('cancelled by the shop itself is no failure: it must not end the order that it was cancelled for', () => {
  const cancelled = (request: object | null) =>
    verify(eventJson('payment_intent.canceled', ours({ status: 'canceled' }), { request }));
  expect(cancelled({ id: 'req_1', idempotency_key: 'void-pi_1' })).toMatchObject({ event: { type: 'payment.voided' } });
  expect(cancelled({ id: 'req_1', idempotency_key: 'void-pi_1-again' })).toMatchObject({
    event: { type: 'payment.voided' },
  });
  for (const request of [null, { id: null, idempotency_key: null }, { id: 'req_1', idempotency_key: 'void-pi_2' }])
    expect(cancelled(request)).toMatchObject({ event: { type: 'payment.failed' } });
});

test('the amount of an event is what it is about, in the units of the shop', () => {
  const isk = ours({ currency: 'isk', amount: 500, amount_capturable: 500 });
  expect(verify(eventJson('payment_intent.amount_capturable_updated', isk))).toMatchObject({
    event: { amount: 5, currency: 'ISK' },
  });
  const less = ours({ amount: 1900, amount_capturable: 1800 });
  expect(verify(eventJson('payment_intent.amount_capturable_updated', less))).toMatchObject({
    event: { amount: 1800 },
  });
});

test('what is no news of a payment of this shop is ignored', () => {
  for (const event of [
    eventJson('payment_intent.created', ours()),
    eventJson('payment_intent.processing', ours()),
    eventJson('charge.succeeded', {}),
    eventJson('customer.created', { id: 'cus_1' }),
    eventJson('payment_intent.amount_capturable_updated', ours({ amount_capturable: 0 })),
    eventJson('charge.refunded', { payment_intent: null, amount_refunded: 5, currency: 'eur', metadata: { orderId } }),
  ])
    expect([event.type, verify(event)]).toEqual([event.type, { status: 'ignored' }]);
});

test('test events do not pay at a live key, nor live ones at a test key', () => {
  const live = new StripePayments({ ...settings, secretKey: 'sk_live_0123456789', apiUrl: api.url });
  const event = eventJson('payment_intent.amount_capturable_updated', ours({ amount_capturable: 1900 }));
  const otherMode = { status: 'otherMode', eventId: event.id, orderId };
  expect(verify(event, live)).toEqual(otherMode);
  expect(verify({ ...event, livemode: true })).toEqual(otherMode);
  expect(verify({ ...event, livemode: true }, live)).toMatchObject({ status: 'verified' });
});

test('only what Stripe has signed, not long ago, is believed', () => {
  const event = eventJson('payment_intent.amount_capturable_updated', ours({ amount_capturable: 1900 }));
  const { payload, headers } = signed(event);
  const bad = { status: 'badSignature' };
  expect(stripe.verify(payload, headers)).toMatchObject({ status: 'verified' });
  expect(stripe.verify(`${payload} `, headers)).toEqual(bad);
  expect(stripe.verify(payload, new Headers())).toEqual(bad);
  expect(stripe.verify('', headers)).toEqual(bad);
  expect(stripe.verify(payload, signed(event, { secret: 'whsec_of_another' }).headers)).toEqual(bad);
  expect(stripe.verify(payload, signed(event, { at: Math.floor(Date.now() / 1000) - 302 }).headers)).toEqual(bad);
  const v0 = new Headers({ 'stripe-signature': headers.get('stripe-signature')!.replace('v1=', 'v0=') });
  expect(stripe.verify(payload, v0)).toEqual(bad);
});

test('a signed message that is no event is malformed', () => {
  const event = eventJson('payment_intent.succeeded', ours({ amount_received: 1900 }));
  for (const wrong of [
    'no json',
    '[]',
    'null',
    '{}',
    { object: 'v2.core.event', id: 'evt_1', type: 'v1.payment_intent.succeeded' },
    { ...event, id: '' },
    { ...event, livemode: 'yes' },
    { ...event, data: { object: ours({ amount_received: -1 }) } },
    { ...event, data: { object: ours({ amount_received: 2 ** 53 }) } },
    { ...event, data: { object: ours({ currency: 'euro' }) } },
    { ...event, data: { object: ours({ id: { $gt: '' } }) } },
    { ...event, data: { object: ours({ currency: 'isk', amount_received: 550 }) } },
    { ...event, data: { object: null } },
  ])
    expect([wrong, verify(wrong)]).toEqual([wrong, { status: 'malformed' }]);
});
