import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import { eventJson, intentJson } from '#tests/support/stripe-api.ts';

const env = {
  PAYMENT_PROVIDER: 'stripe',
  STRIPE_SECRET_KEY: 'sk_test_0123456789',
  STRIPE_WEBHOOK_SECRET: 'whsec_0123456789',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_0123456789',
  STRIPE_API_URL: process.env.STRIPE_MOCK_URL!,
};
const shop = openShop({ env });
const sdk = new Stripe(env.STRIPE_SECRET_KEY);

function send(event: object, secret = env.STRIPE_WEBHOOK_SECRET) {
  const raw = JSON.stringify(event);
  const header = sdk.webhooks.generateTestHeaderString({ payload: raw, secret });
  return shop.client.shopper().call('POST', '/api/payment/webhook', { raw, headers: { 'stripe-signature': header } });
}

test('a shopper starts to pay at Stripe, and its signed word makes the order paid', async () => {
  const { productIds } = await shop.client.sale({ units: [1] });
  const shopper = shop.client.shopper();
  const { body: order } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  const { orderId, total } = order;
  const started = await shopper.call<{ paymentId: string }>('POST', '/api/payment/start', { body: { orderId } });
  expect(started).toMatchObject({
    status: 200,
    body: { pay: { kind: 'fields', publishableKey: 'pk_test_0123456789' } },
  });

  const intent = intentJson({
    id: started.body.paymentId,
    amount: total,
    amount_capturable: total,
    currency: order.currency.toLowerCase(),
    metadata: { orderId },
    status: 'requires_capture',
  });
  const event = eventJson('payment_intent.amount_capturable_updated', intent, { id: `evt_${randomUUID()}` });
  expectProblem(await send(event, 'whsec_of_another'), 400, 'INVALID_SIGNATURE');
  expect(await send(event)).toMatchObject({ status: 200, body: { received: true } });
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({ status: 'PAID' });
  const stored = await shop.mongo.collection('payment_events').find({ orderId }).toArray();
  expect(only(stored)).toMatchObject({ _id: event.id, type: 'payment.authorized', done: true });
  // stripe-mock has captured nothing and says so: the money stays owed to the shop, for a worker to take
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).toMatchObject({ captured: false });
});
