import type { Page, Route } from '@playwright/test';
import { expectAccessible } from '#tests/e2e/accessible.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold, payButton } from '#tests/e2e/steps.ts';

/**
 * The hold's page of a shop that is paid by Stripe. Stripe's script cannot come from Stripe here: what stands for it has its
 * calls, and answers what a test tells it to. The order itself becomes PAID in the real shop, by the test bank.
 */
test.use({ bypassCSP: true });

type Answer = { error?: { type: string; message?: string; code?: string } } | 'never';

const SCRIPT = `window.Stripe = (key) => ({
  elements: ({ clientSecret }) => {
    const heard = {};
    const element = {
      on: (event, listener) => { heard[event] = listener; },
      mount: (place) => {
        place.innerHTML = '<label>Card number <input data-secret="' + clientSecret + '" data-key="' + key + '"></label>';
        heard.ready();
      },
      destroy: () => {},
    };
    return { create: () => element, getElement: () => element };
  },
  confirmPayment: ({ redirect, confirmParams }) => window.confirmed(redirect, confirmParams.return_url)
    .then((answer) => answer === 'never' ? new Promise(() => {}) : answer),
  registerAppInfo: () => {},
  _registerWrapper: () => {},
});`;

const script = (route: Route) => route.fulfill({ contentType: 'text/javascript', body: SCRIPT });

/** @returns what the shopper has confirmed so far */
async function paidByStripe(page: Page, answers: Answer[]): Promise<string[]> {
  const confirmed: string[] = [];
  await page.exposeFunction('confirmed', (redirect: string, returnUrl: string) => {
    confirmed.push(`${redirect} ${new URL(returnUrl).pathname}`);
    return answers.shift() ?? {};
  });
  await page.route('https://js.stripe.com/**', script);
  await page.route('**/api/payment', (route) =>
    route.fulfill({ json: { provider: 'stripe', test: true, page: false } }),
  );
  await page.route('**/api/payment/start', async (route) => {
    const { orderId } = route.request().postDataJSON();
    const order = await (await page.request.get(`/api/orders/${orderId}`)).json();
    const pay = { kind: 'fields', clientSecret: 'pi_1_secret_1', publishableKey: 'pk_test_1' };
    await route.fulfill({ json: { ...order, paymentId: 'pi_1', pay } });
  });
  return confirmed;
}

const card = (page: Page) => page.getByLabel('Card number');
const settleInTheShop = async (page: Page, url: string) => {
  const orderId = new URL(url).pathname.split('/')[2];
  const headers = { origin: new URL(url).origin };
  expect((await page.request.post('/api/payment/success', { data: { orderId }, headers })).ok()).toBe(true);
};

test('a card is refused and the hold goes on; the next one pays', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  const confirmed = await paidByStripe(page, [
    { error: { type: 'validation_error', message: 'never shown' } },
    { error: { type: 'card_error', message: 'Your card has insufficient funds.' } },
    { error: { type: 'api_error', message: 'never shown' } },
    {},
  ]);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const url = await hold(page, products[0]!.path);
  await expect(page.getByText('Test payments: use a test card of Stripe.')).toBeVisible();
  expect(asked.filter((address) => address.includes('stripe.com'))).toEqual([]);

  await payButton(page).click();
  await expect(card(page)).toBeVisible();
  await expect(card(page)).toHaveAttribute('data-secret', 'pi_1_secret_1');
  await expectAccessible(page);
  await payButton(page).click();
  await expect.poll(() => confirmed.length).toBe(1);
  await payButton(page).click();
  await expect(
    page.getByText(/^Your card has insufficient funds\. Nothing was charged, and your units are still held/),
  ).toBeVisible();
  await payButton(page).click();
  await expect(page.getByText(/You will not be charged twice/)).toBeVisible();
  await payButton(page).click();
  await expect(page.getByText('The bank said yes. Waiting for the shop…')).toBeVisible();
  expect(confirmed).toEqual(Array.from({ length: 4 }, () => `if_required ${new URL(url).pathname}`));
  await expect(page.getByText('never shown')).toHaveCount(0);
  await settleInTheShop(page, url);
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
});

test('fields that do not load can be asked for again, and so can a payment that did not start', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(503, 0);
  const { products } = await merchant.sale();
  await paidByStripe(page, []);
  await hold(page, products[0]!.path);
  await page.route(
    '**/api/payment/start',
    (route) => route.fulfill({ status: 503, json: { code: 'PAYMENT_UNAVAILABLE' } }),
    { times: 1 },
  );
  await payButton(page).click();
  await expect(page.getByText(/could not be started just now/)).toBeVisible();
  await page.route('https://js.stripe.com/**', (route) => route.abort('internetdisconnected'), { times: 2 }); // the loader tries twice
  await payButton(page).click();
  await expect(page.getByText(/The card fields did not load/)).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(card(page)).toBeVisible();
});

test('offline nothing is confirmed, and the page says so', { tag: '@once' }, async ({
  page,
  merchant,
  context,
  expectAnswers,
}) => {
  expectAnswers(0);
  const { products } = await merchant.sale();
  const confirmed = await paidByStripe(page, []);
  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(card(page)).toBeVisible();
  await context.setOffline(true);
  await payButton(page).click();
  await expect(page.getByText(/Nothing was charged; pay as soon as you are back/)).toBeVisible();
  expect(confirmed).toEqual([]);
  await context.setOffline(false);
});

test('the time runs out while the bank is thinking: nothing is charged, and the page says so', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ holdSeconds: 12 });
  await paidByStripe(page, ['never']);
  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(card(page)).toBeVisible();
  await payButton(page).click();
  await expect(page.getByRole('button', { name: 'Paying…' })).toBeVisible();
  await expect(page.getByText(/Nothing was charged|Nothing is charged/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: 'The time ran out' })).toBeVisible({ timeout: 30_000 });
});
