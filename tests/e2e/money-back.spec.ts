import { expect, type Page } from '@playwright/test';
import type { OrderAnswer } from '#lib/contract.ts';
import { expectAccessible } from '#tests/e2e/accessible.ts';
import { test } from '#tests/e2e/shop.ts';
import { hold, payButton } from '#tests/e2e/steps.ts';
import { bankEvent, signature } from '#tests/support/bank-event.ts';

/** What the bank tells the shop behind the shopper's back, signed as it signs. */
async function bankTells(page: Page, order: OrderAnswer, more: Record<string, unknown> = {}): Promise<void> {
  const data = JSON.stringify(bankEvent(order, more));
  const headers = {
    'content-type': 'application/json',
    'holdfast-signature': signature(data, { secret: 'a-webhook-secret-of-the-browser-tests' }),
  };
  expect((await page.request.post('/api/payment/webhook', { data, headers })).status()).toBe(200);
}

/** Hold a unit, and begin to pay as somebody does who goes to the bank's page. */
async function begin(page: Page, productPath: string): Promise<OrderAnswer> {
  const url = await hold(page, productPath);
  const orderId = new URL(url).pathname.split('/')[2];
  const headers = { origin: new URL(url).origin };
  expect((await page.request.post('/api/payment/start', { data: { orderId }, headers })).status()).toBe(200);
  return (await page.request.get(`/api/orders/${orderId}`)).json();
}

test('who comes back from the bank reads that the payment was declined; the hold goes on and can be paid', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  const order = await begin(page, products[0]!.path);
  await page.reload(); // back from the bank's page, before the bank has told the shop
  await expect(payButton(page)).toBeVisible();
  await bankTells(page, order, { type: 'payment.declined' });
  await expect(
    page.getByText('The payment was refused. Nothing was charged, and your units are still held: try again'),
  ).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
});

test('the page of an order that is over looks out for money that still comes, and says that it goes back', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  const order = await begin(page, products[0]!.path);
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(page.getByText('This page looks out for it and says so here.')).toBeVisible();
  await bankTells(page, order);
  await expect(page.getByText('A payment came too late for this order and was returned')).toBeVisible();
  await expectAccessible(page);
});

test('a payment of another sum is said to be one while the hold goes on, and a second one when it is paid', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  const order = await begin(page, products[0]!.path);
  await bankTells(page, order, { amount: order.total + 1 });
  await expect(page.getByText('A payment came that was not what this order costs, and was returned')).toBeVisible();
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await bankTells(page, order);
  await expect(
    page.getByText('This order was paid twice. The second payment was returned: you pay once.'),
  ).toBeVisible();
  await expectAccessible(page);
});
