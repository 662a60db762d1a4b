import type { Locator, Page } from '@playwright/test';
import { signIn } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buyButton, payButton } from '#tests/e2e/steps.ts';

/** As long as the shop takes, with nothing to break at. */
const long = (start: string) => start.padEnd(200, 'Wundertüte'.repeat(20));
const SALE = long('Sale');
const PRODUCT = long('Product');

async function expectFits(page: Page) {
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(wider, `${page.url()} does not scroll sideways`).toBe(0);
}

/** Whoever looks at the middle of the button sees the button, and it is inside the window. */
async function expectUncovered(button: Locator) {
  await button.scrollIntoViewIfNeeded();
  const onTop = await button.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left >= 0 && right <= innerWidth && hit !== null && (element.contains(hit) || hit === element);
  });
  expect(onTop).toBe(true);
}

test('names of 200 letters without a space stay inside every page, and cover no button', async ({ page, merchant }) => {
  const { path, products } = await merchant.sale({
    name: SALE,
    products: [{ name: PRODUCT, units: 5 }, { name: long('Another') }],
  });
  await page.goto(path);
  await expect(page.getByRole('heading', { name: SALE })).toBeVisible();
  await expectFits(page);
  await expectUncovered(buyButton(page).first());

  await page.goto(products[0]!.path);
  await expect(page.getByRole('heading', { name: PRODUCT })).toBeVisible();
  await expectFits(page);
  await expectUncovered(buyButton(page));

  await addToCart(page, products[0]!.path);
  await page.goto('/cart');
  await expect(page.getByRole('link', { name: PRODUCT })).toBeVisible();
  await expectFits(page);
  await expectUncovered(page.getByRole('button', { name: /^Check out/ }));

  await page.getByRole('button', { name: /^Check out/ }).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  await expectFits(page);
  await expectUncovered(payButton(page).first());
  await payButton(page).first().click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expectFits(page);
  await page.getByRole('link', { name: 'Receipt', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  await expectFits(page);
  await page.goto('/orders');
  await expect(page.getByText(PRODUCT)).toBeVisible();
  await expectFits(page);
});

test('they stay inside the home page, and inside a sale that is still to open', async ({ page, merchant }) => {
  const { path } = await merchant.sale({
    name: SALE,
    opensAt: new Date(Date.now() + 3_600_000),
    products: [{ name: PRODUCT }],
  });
  for (const at of ['/', path]) {
    await page.goto(at);
    await expect(page.getByText(SALE).first()).toBeVisible();
    await expectFits(page);
  }
});

test('they stay inside the back room', async ({ page, merchant, staff }) => {
  const { saleId } = await merchant.sale({ name: SALE, products: [{ name: PRODUCT }] });
  await page.goto('/signin?next=%2Fadmin');
  await signIn(page, await staff('admin'));
  await page.getByLabel('Sale', { exact: true }).selectOption(saleId);
  await expect(page.getByRole('heading', { name: new RegExp(PRODUCT) })).toBeVisible();
  await expectFits(page);
});
