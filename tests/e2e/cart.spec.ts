import type { Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, holdUnit } from '#tests/e2e/steps.ts';

const removeButton = (page: Page, name: string) => page.getByRole('button', { name: `Remove ${name}` });

/** The cart, once it can say what leaves it. */
async function openCart(page: Page): Promise<void> {
  await page.goto('/cart');
  await expect(page.locator('main > div > p[role=status]')).toBeAttached();
}

const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

test('a cart line above its limit can be brought down to it', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ name: 'Trail Runner', units: 9, limitPerCustomer: 2 }] });
  await page.goto(products[0]!.path);
  await page.getByRole('button', { name: 'One more' }).click();
  for (const inCart of [2, 4]) {
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(page.getByRole('link', { name: `${inCart} in your cart` })).toBeVisible();
  }
  await page.goto('/cart');
  const quantity = page.getByRole('group', { name: 'Quantity of Trail Runner' });
  await expect(quantity.getByRole('status')).toHaveText('4');
  await quantity.getByRole('button', { name: 'One less' }).click();
  await expect(quantity.getByRole('status')).toHaveText('2');
  await quantity.getByRole('button', { name: 'One less' }).click();
  await expect(quantity.getByRole('status')).toHaveText('1');
});

test('a cart whose sales cannot be asked for says why, and can be asked again', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(429, 503);
  const { products } = await merchant.sale();
  await addToCart(page, products[0]!.path);
  for (const [status, title] of [
    [429, 'Many shoppers at once'],
    [503, "We're restoring the shelf"],
  ] as const) {
    let down = true;
    await page.route('**/api/sales', (route) =>
      down ? route.fulfill({ status, headers: { 'retry-after': '600' } }) : route.continue(),
    );
    await page.goto('/cart');
    await expect(page.getByRole('alert').getByRole('heading')).toHaveText(title);
    down = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('button', { name: /^Check out/ })).toBeVisible();
  }
});

test('a cart is not called empty because its sale is not in the list, and can be checked out and emptied', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  const { name, saleId, products } = await merchant.sale({ products: [{ name: 'Mug' }, { name: 'Pen' }] });
  for (const { path } of products) await addToCart(page, path);
  await page.route('**/api/sales', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    await route.fulfill({
      response,
      json: { ...answer, sales: answer.sales.filter((sale: { saleId: string }) => sale.saleId !== saleId) },
    });
  });
  await page.goto('/cart');
  const group = page.getByRole('region', { name });
  await expect(group.getByRole('button', { name: /^Check out/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toHaveCount(0);
  await removeButton(page, 'Mug').click();
  await expect(group.getByRole('link', { name: 'Mug' })).toHaveCount(0);

  expectAnswers(503);
  await page.route(`**/api/sales/${saleId}`, (route) => route.fulfill({ status: 503 }));
  await page.reload();
  await removeButton(page, 'Pen').click();
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
});

test('who removes a line goes on at the next one, or at the heading, and hears what has gone', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ name: 'Mug' }, { name: 'Pen' }, { name: 'Vase' }] });
  for (const { path } of products) await addToCart(page, path);
  await openCart(page);
  await removeButton(page, 'Mug').press('Enter');
  await expect(page.getByRole('listitem').getByRole('link', { name: 'Pen' })).toBeFocused();
  await expect(said(page, 'Removed: Mug')).toBeAttached();
  await removeButton(page, 'Vase').press('Enter');
  await expect(page.getByRole('heading', { name: 'Cart', exact: true })).toBeFocused();
  await expect(said(page, 'Removed: Vase')).toBeAttached();
  await removeButton(page, 'Pen').press('Enter');
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeFocused();
  await expect(said(page, 'Removed: Pen')).toBeAttached();
});

test('a line that the shop would not let go is back, and that is said', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(503);
  const { products } = await merchant.sale({ products: [{ name: 'Mug' }] });
  await addToCart(page, products[0]!.path);
  await openCart(page);
  await page.route('**/api/cart/*', (route) =>
    route.request().method() === 'PATCH' ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await removeButton(page, 'Mug').press('Enter');
  await expect(said(page, 'That did not work. Please try again.')).toBeAttached();
  await expect(removeButton(page, 'Mug')).toBeVisible();
});

test('who takes what is left stays at that line', { tag: '@once' }, async ({
  page,
  request,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(409);
  const { products } = await merchant.sale({ products: [{ name: 'Mug', units: 3 }] });
  await holdUnit(request, products[0]!.path);
  await page.goto(products[0]!.path);
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: '3 in your cart' })).toBeVisible();
  await openCart(page);
  await page.getByRole('button', { name: /^Check out/ }).click();
  await page.getByRole('button', { name: 'Take the 2 that are left' }).press('Enter');
  await expect(page.getByRole('listitem').getByRole('link', { name: 'Mug' })).toBeFocused();
  await expect(page.getByRole('group', { name: 'Quantity of Mug' }).getByRole('status')).toHaveText('2');
});

test('a refusal because of limits names each thing', { tag: '@once' }, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(409);
  const { products } = await merchant.sale({
    products: [
      { name: 'Mug', limitPerCustomer: 1 },
      { name: 'Pen', limitPerCustomer: 1 },
    ],
  });
  for (const { path } of products) {
    await page.goto(path);
    for (const inCart of [1, 2]) {
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await expect(page.getByRole('link', { name: `${inCart} in your cart` })).toBeVisible();
    }
  }
  await openCart(page);
  await page.getByRole('button', { name: /^Check out/ }).click();
  await expect(page.getByText('Mug: at most 1 for each shopper.')).toBeVisible();
  await expect(page.getByText('Pen: at most 1 for each shopper.')).toBeVisible();
});
