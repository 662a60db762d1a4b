import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, hold, payButton } from '#tests/e2e/steps.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function expectAccessible(page: Page) {
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
    expect(found, page.url()).toEqual([]);
  }
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(sideways, `${page.url()} does not scroll sideways`).toBe(0);
}

test('the shelf is accessible in every state of a sale', async ({ page, merchant }) => {
  const open = await merchant.sale({ products: [{ name: 'Mug' }, { name: 'Pen', units: 0 }] });
  const coming = await merchant.sale({ opensAt: new Date(Date.now() + 3_600_000) });
  const paused = await merchant.sale();
  await merchant.change(paused.saleId, { paused: true });
  for (const path of ['/', open.path, coming.path, paused.path, open.products[0]!.path, coming.products[0]!.path]) {
    await page.goto(path);
    await expectAccessible(page);
  }
});

test('the cart is accessible, empty and full', async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  await page.goto('/cart');
  await expectAccessible(page);
  await addToCart(page, products[0]!.path);
  await expectAccessible(page);
  await page.goto('/cart');
  await expect(page.getByRole('button', { name: /^Check out/ })).toBeVisible();
  await expectAccessible(page);
});

test('a hold, its end and the orders are accessible', async ({ page, shopper, merchant, expectAnswers }) => {
  expectAnswers(404);
  const { products } = await merchant.sale({ products: [{ units: 2 }] });
  await page.goto('/orders');
  await expectAccessible(page);
  await hold(page, products[0]!.path);
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expectAccessible(page);
  await hold(page, products[0]!.path);
  const other = await shopper();
  await other.goto(products[0]!.path);
  await expect(other.getByText('keep this page open').first()).toBeVisible();
  await expectAccessible(other);
  await page.getByRole('button', { name: 'Refuse payment' }).click();
  await expect(page.getByRole('heading', { name: 'The payment was refused' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/orders');
  await expectAccessible(page);
  await page.goto('/nothing-here');
  await expectAccessible(page);
});

test('the back room is accessible, locked and open', async ({ page, shopper, merchant }) => {
  const sale = await merchant.sale();
  await hold(await shopper(), sale.products[0]!.path);
  await page.goto('/admin');
  await expect(page.getByLabel('Admin key')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Admin key').fill(process.env.E2E_ADMIN_KEY ?? '');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByLabel('Sale', { exact: true }).selectOption(sale.saleId);
  await expect(page.getByRole('timer', { name: 'Time left' })).toBeVisible();
  await expectAccessible(page);
});
