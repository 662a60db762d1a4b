import { expect, type Page } from '@playwright/test';

export const buyButton = (page: Page) => page.getByRole('button', { name: /^Buy now/ });
export const payButton = (page: Page) => page.getByRole('button', { name: /^Pay / });
export const countdown = (page: Page) => page.getByRole('main').getByRole('timer', { name: 'Time left to pay' });

/** Hold one unit from a product's page; ends on the hold's page. */
export async function hold(page: Page, productPath: string): Promise<string> {
  await page.goto(productPath);
  await buyButton(page).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  return page.url();
}

export async function addToCart(page: Page, productPath: string): Promise<void> {
  await page.goto(productPath);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: /in your cart/ })).toBeVisible();
}
