import { until } from '#tests/support/until.ts';

/** stripe-mock answers. */
export default async function mockReady(): Promise<void> {
  const url = process.env.STRIPE_MOCK_URL;
  if (!url) throw new Error('npm run test:stripe starts the stripe-mock that these tests ask');
  await until(async () => (await fetch(`${url}/v1/payment_intents/pi_1`)).status === 401, {
    what: 'stripe-mock answers',
  });
}
