import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import { errorJson, eventJson, intentJson, type StripeApi, stripeApi } from '#tests/support/stripe-api.ts';
import { until } from '#tests/support/until.ts';

const env: Record<string, string> = {
  PAYMENT_PROVIDER: 'stripe',
  SANDBOX_WEBHOOK_SECRET: '',
  STRIPE_SECRET_KEY: 'sk_test_0123456789',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_0123456789',
};
let api: StripeApi;
beforeAll(async () => {
  api = await stripeApi();
  env.STRIPE_API_URL = api.url;
});
afterAll(() => api.close());
beforeAll(() =>
  api.on('GET /v1/payment_intents/search', { body: { object: 'search_result', has_more: false, data: [] } }),
);
const shop = openShop({ env });
const sdk = new Stripe(env.STRIPE_SECRET_KEY!);

type Order = { orderId: string; total: number; currency: string };

async function holdOne(options: Parameters<typeof shop.client.sale>[0] = {}) {
  const { saleId, productIds } = await shop.client.sale({ units: [2], ...options });
  const shopper = shop.client.shopper();
  const { body: order } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const status = async () =>
    (await shopper.call<{ status: string; reason: string | null }>('GET', `/api/orders/${order.orderId}`)).body;
  return { saleId, shopper, order, status };
}

/** An intent of an order at Stripe, and what Stripe answers about it. */
function intentOf({ orderId, total, currency }: Order, more: Record<string, unknown> = {}) {
  const id = `pi_${randomUUID().replaceAll('-', '')}`;
  const intent = intentJson({ id, amount: total, currency: currency.toLowerCase(), metadata: { orderId }, ...more });
  api.on(`POST /v1/payment_intents/${id}/capture`, {
    body: { ...intent, status: 'succeeded', amount_received: total },
  });
  api.on(`POST /v1/payment_intents/${id}/cancel`, { body: { ...intent, status: 'canceled' } });
  return intent;
}

const authorised = (intent: Record<string, unknown>) => ({
  ...intent,
  status: 'requires_capture',
  amount_capturable: intent.amount,
});
const asked = (path: string) => api.asked.filter((call) => call.path === path);

function send(type: string, object: object, more: Record<string, unknown> = {}, secret = env.STRIPE_WEBHOOK_SECRET!) {
  const raw = JSON.stringify(eventJson(type, object, { id: `evt_${randomUUID()}`, ...more }));
  const header = sdk.webhooks.generateTestHeaderString({ payload: raw, secret });
  return shop.client.shopper().call('POST', '/api/payment/webhook', { raw, headers: { 'stripe-signature': header } });
}

test('Stripe says "authorised": the order is paid and the money is taken, once', async () => {
  const { saleId, order, status } = await holdOne();
  const intent = intentOf(order);
  for (let i = 0; i < 3; i++)
    expect(await send('payment_intent.amount_capturable_updated', authorised(intent))).toMatchObject({ status: 200 });
  expect(await status()).toMatchObject({ status: 'PAID' });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 1, held: 0, sold: 1 });
  expect(only(asked(`/v1/payment_intents/${intent.id}/capture`))).toMatchObject({
    idempotencyKey: `capture-${intent.id}`,
  });
  await send('payment_intent.succeeded', { ...intent, status: 'succeeded', amount_received: order.total });
  await send('payment_intent.canceled', { ...intent, status: 'canceled' });
  expect(await status()).toMatchObject({ status: 'PAID' });
  expect(asked(`/v1/payment_intents/${intent.id}/cancel`)).toEqual([]);
});

test('money that comes too late is let go, and the news of that ends nothing', async () => {
  const { shopper, order } = await holdOne();
  await shopper.call('POST', `/api/orders/${order.orderId}/cancel`);
  const intent = intentOf(order);
  await send('payment_intent.amount_capturable_updated', authorised(intent));
  expect(only(asked(`/v1/payment_intents/${intent.id}/cancel`))).toMatchObject({ idempotencyKey: `void-${intent.id}` });
  expect(asked(`/v1/payment_intents/${intent.id}/capture`)).toEqual([]);
  const again = await holdOne();
  const ownVoid = { request: { id: 'req_1', idempotency_key: `void-${intent.id}` } };
  const cancelled = { ...intent, metadata: { orderId: again.order.orderId }, status: 'canceled' };
  await send('payment_intent.canceled', cancelled, ownVoid);
  expect(await again.status()).toMatchObject({ status: 'RESERVED' });
});

test('a declined card keeps the hold; an intent cancelled at Stripe ends it', async () => {
  const { order, status } = await holdOne();
  const intent = intentOf(order);
  await send('payment_intent.payment_failed', intent);
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  await send('payment_intent.canceled', { ...intent, status: 'canceled' });
  expect(await status()).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_FAILED' });
});

test('what is not of this shop, or not of this mode, is acknowledged and stored nowhere', async () => {
  const { order, status } = await holdOne();
  const intent = intentOf(order);
  const stored = () => shop.mongo.collection('payment_events').countDocuments();
  const before = await stored();
  for (const [type, object, more] of [
    ['payment_intent.created', intent, {}],
    ['payment_intent.amount_capturable_updated', { ...authorised(intent), metadata: {} }, {}],
    ['payment_intent.amount_capturable_updated', authorised(intent), { livemode: true }],
  ] as const)
    expect(await send(type, object, more)).toMatchObject({ status: 200, body: { received: true } });
  expect(await stored()).toBe(before);
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  expect(await shop.mongo.collection('alarms').findOne({ kind: 'otherMode', subject: order.orderId })).toMatchObject({
    open: true,
  });
});

test('only Stripe can say that an order is paid, and the bank page of the sandbox is not there', async () => {
  const { shopper, order, status } = await holdOne();
  expectProblem(
    await send('payment_intent.amount_capturable_updated', authorised(intentOf(order)), {}, 'whsec_of_another'),
    400,
    'INVALID_SIGNATURE',
  );
  for (const page of ['success', 'fail'])
    expectProblem(
      await shopper.call('POST', `/api/payment/${page}`, { body: { orderId: order.orderId } }),
      404,
      'NOT_FOUND',
    );
  expect(await status()).toMatchObject({ status: 'RESERVED' });
});

test('Stripe breaks while the money is taken: the order stays paid, and the money is taken later', async () => {
  const { order, status } = await holdOne();
  const intent = intentOf(order);
  const capture = `POST /v1/payment_intents/${intent.id}/capture`;
  api.on(capture, { status: 500, body: errorJson('api_error', 'broken') });
  expect(await send('payment_intent.amount_capturable_updated', authorised(intent))).toMatchObject({ status: 200 });
  expect(await status()).toMatchObject({ status: 'PAID' });
  api.on(capture, { body: { ...intent, status: 'succeeded', amount_received: order.total } });
  await shop.floor.worker();
  await until(
    async () => (await shop.mongo.collection('orders').findOne({ _id: order.orderId as never }))?.captured === true,
    { what: 'the money is taken' },
  );
});

test('Stripe is away when a shopper wants to pay: 503, the hold stays, and the same call works later', async () => {
  const { shopper, order, status } = await holdOne();
  const start = () => shopper.call('POST', '/api/payment/start', { body: { orderId: order.orderId } });
  api.on('POST /v1/payment_intents', { status: 429, body: errorJson('invalid_request_error', 'rate_limit') });
  const answer = await start();
  expectProblem(answer, 503, 'PAYMENT_UNAVAILABLE');
  expect(answer.headers['retry-after']).toBeDefined();
  expect(JSON.stringify(answer.body)).not.toMatch(/secret details|stripe/i);
  expect(await status()).toMatchObject({ status: 'RESERVED' });
  api.on('POST /v1/payment_intents', { body: intentOf(order) });
  expect(await start()).toMatchObject({ status: 200, body: { pay: { kind: 'fields' } } });
});

test('a hold that expires takes its open intent along: it is cancelled, so that nobody pays for nothing', async () => {
  const { shopper, order, status } = await holdOne({ holdSeconds: 1, extendSeconds: 1 });
  const intent = intentOf(order);
  api.on('POST /v1/payment_intents', { body: intent });
  api.on(`GET /v1/payment_intents/${intent.id}`, { body: intent });
  await shopper.call('POST', '/api/payment/start', { body: { orderId: order.orderId } });
  await shop.floor.worker();
  await until(() => asked(`/v1/payment_intents/${intent.id}/cancel`).length > 0, { what: 'the intent is cancelled' });
  expect(await status()).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED' });
  expect(asked(`/v1/payment_intents/${intent.id}/capture`)).toEqual([]);
});
