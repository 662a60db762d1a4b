import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { ProviderUnavailableError, StripePayments } from '#lib/payments/index.ts';

/**
 * Against stripe-mock: each request of the provider passes Stripe's OpenAPI description, and the answers have its shapes.
 * It has no memory (whatever is done to an intent, it shows one that waits for a card), so what follows from an answer is
 * proved in tests/lib/stripe.test.ts.
 */
const apiUrl = process.env.STRIPE_MOCK_URL!;
const settings = {
  secretKey: 'sk_test_0123456789',
  webhookSecret: 'whsec_0123456789',
  publishableKey: 'pk_test_0123456789',
};
const stripe = new StripePayments({ ...settings, apiUrl });
const orderId = randomUUID();
const payment = { paymentId: 'pi_1', orderId, amount: 1900, currency: 'EUR' };
const due = { orderId, total: 1900, currency: 'EUR', returnUrl: 'https://shop.example' };

test('an intent is begun: manual capture, and only methods that stay on the page', async () => {
  const begun = await stripe.authorise(due);
  if (begun.status !== 'begun') throw new Error(begun.why);
  expect(begun.payment).toEqual({ paymentId: expect.stringMatching(/^pi_/), orderId, amount: 1900, currency: 'EUR' });
  expect(begun.pay).toEqual({
    kind: 'fields',
    clientSecret: expect.stringMatching(/^pi_.*_secret_/),
    publishableKey: settings.publishableKey,
  });
});

test('capture and cancel are understood, and an answer that does not say "done" is not believed', async () => {
  const notDone = (what: string) => `stripe did not ${what}: the intent is requires_payment_method`;
  await expect(stripe.capture(payment)).rejects.toEqual(new ProviderUnavailableError(notDone('capture')));
  await expect(stripe.void(payment)).rejects.toEqual(new ProviderUnavailableError(notDone('cancel')));
});

test('a refund is understood', async () => {
  expect(['refunded', 'pending']).toContain(await stripe.refund(payment));
});

test('looking up by id and by order is understood; a fixture is no payment of this shop', async () => {
  expect(await stripe.lookup(payment)).toEqual([]);
  expect(await stripe.lookup({ orderId })).toEqual([]);
});

test('a key that is none is told without the words of Stripe', async () => {
  const keyless = new StripePayments({ ...settings, secretKey: 'nonsense', apiUrl });
  await expect(keyless.authorise(due)).rejects.toEqual(
    new ProviderUnavailableError('stripe: StripeAuthenticationError 401'),
  );
});

test('stripe-mock does check: a word that Stripe does not know is refused', async () => {
  const { hostname: host, port } = new URL(apiUrl);
  const sdk = new Stripe(settings.secretKey, { host, port: Number(port), protocol: 'http', maxNetworkRetries: 0 });
  await expect(
    sdk.paymentIntents.create({ amount: 1900, currency: 'eur', capture_method: 'later' as never }),
  ).rejects.toMatchObject({ type: 'StripeInvalidRequestError' });
});
