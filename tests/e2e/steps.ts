import { randomUUID } from 'node:crypto';
import { type APIRequestContext, expect, type Page } from '@playwright/test';
import type { MadeSale } from '#tests/e2e/shop.ts';

/** A browser says this of every request that one of the shop's pages makes. */
const FROM_THE_SHOP = { origin: `http://localhost:${process.env.E2E_PORT}` };

export const buyButton = (page: Page) => page.getByRole('button', { name: /^Buy now/ });
export const payButton = (page: Page) => page.getByRole('button', { name: /^Pay / });
export const countdown = (page: Page) => page.getByRole('main').getByRole('timer', { name: 'Time left to pay' });
const heldForYou = (page: Page) => page.getByRole('heading', { name: 'Held for you' });

/** Hold one unit from a product's page with its button; ends on the hold's page. */
export async function buy(page: Page, productPath: string): Promise<string> {
  await page.goto(productPath);
  await buyButton(page).click();
  await expect(heldForYou(page)).toBeVisible();
  return page.url();
}

/** Hold one unit for this page's shopper without loading the product's page; ends on the hold's page. */
export async function hold(page: Page, productPath: string): Promise<string> {
  const path = `/orders/${await holdUnit(page.request, productPath)}`;
  // What the button notes in the browser when it has bought something.
  await page.addInitScript((orderPath) => {
    if (location.pathname === orderPath) localStorage.setItem('holdfast.shopper', 'true');
  }, path);
  await page.goto(path);
  await expect(heldForYou(page)).toBeVisible();
  return page.url();
}

/** Hold one unit for a shopper who has no page open. @returns the order's id */
export async function holdUnit(request: APIRequestContext, productPath: string): Promise<string> {
  const productId = productPath.split('/').at(-1);
  const data = { items: [{ productId, quantity: 1 }] };
  const response = await request.post('/api/checkout', {
    data,
    headers: { ...FROM_THE_SHOP, 'idempotency-key': randomUUID() },
  });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).orderId;
}

/** Hold and pay one unit for a shopper who has no page open. */
export async function buyUnit(request: APIRequestContext, productPath: string): Promise<void> {
  const orderId = await holdUnit(request, productPath);
  const response = await request.post('/api/payment/success', { data: { orderId }, headers: FROM_THE_SHOP });
  expect(response.status(), await response.text()).toBe(200);
}

export async function addToCart(page: Page, productPath: string): Promise<void> {
  await page.goto(productPath);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: /in your cart/ })).toBeVisible();
}

/** Let the page know of no sales but these, whatever else the shop sells. */
export async function onlySales(page: Page, ...sales: MadeSale[]): Promise<void> {
  await page.route('**/api/sales', async (route) => {
    const response = await route.fetch({ url: `${route.request().url()}?limit=1000` }); // a whole run opens many
    const answer = await response.json();
    const known = answer.sales.filter((one: MadeSale) => sales.some(({ saleId }) => saleId === one.saleId));
    await route.fulfill({ response, json: { ...answer, sales: known } });
  });
}
