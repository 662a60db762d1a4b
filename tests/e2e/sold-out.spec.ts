import type { APIRequestContext } from '@playwright/test';
import { expectAccessible } from '#tests/e2e/accessible.ts';
import { expect, type MadeSale, type Merchant, test } from '#tests/e2e/shop.ts';
import { buyButton, buyUnit, hold, onlySales, payButton } from '#tests/e2e/steps.ts';
import { notificationsOf } from '#tests/e2e/told.ts';

async function soldOut(merchant: Merchant, request: APIRequestContext): Promise<MadeSale> {
  const sale = await merchant.sale({ products: [{ name: 'Glass Vase', art: 'glass-vase', units: 1 }] });
  await buyUnit(request, sale.products[0]!.path);
  return sale;
}

test('what is sold out has no dead button, but leads to what sells now and to what opens next', {
  tag: '@once',
}, async ({ page, request, merchant }) => {
  const sale = await soldOut(merchant, request);
  const open = await merchant.sale({ name: 'Noon Drop' });
  const empty = await merchant.sale({ name: 'Bare Drop', products: [{ units: 0 }] });
  const coming = await merchant.sale({ name: 'Evening Drop', opensAt: new Date(Date.now() + 3_600_000) });
  await onlySales(page, sale, empty, open, coming);
  await page.goto(sale.products[0]!.path);
  await expect(page.getByRole('link', { name: 'See Noon Drop' })).toHaveAttribute('href', open.path);
  await expect(page.getByRole('link', { name: 'Next: Evening Drop' })).toHaveAttribute('href', coming.path);
  await expect(page.getByRole('link', { name: /Bare Drop/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Sold out' })).toHaveCount(0);
  const { height } = (await page.getByRole('link', { name: 'See Noon Drop' }).boundingBox())!;
  expect(height).toBeGreaterThanOrEqual(44);
  await expectAccessible(page);
});

test('who missed a sale is told when the next one opens, also if it opens sooner than was said', {
  tag: '@once',
}, async ({ page, context, request, merchant }) => {
  await context.grantPermissions(['notifications']);
  const told = await notificationsOf(page);
  const sale = await soldOut(merchant, request);
  const coming = await merchant.sale({ name: 'Evening Drop', opensAt: new Date(Date.now() + 3_600_000) });
  await onlySales(page, sale, coming);
  await page.goto(sale.products[0]!.path);
  const ask = page.getByRole('button', { name: 'Tell me when it opens' });
  await ask.click();
  await expect(page.getByText('This page tells you when it opens')).toBeVisible();
  await expectAccessible(page);
  await merchant.change(coming.saleId, { opensAt: new Date(Date.now() + 1_000).toISOString() });
  await expect(page).toHaveTitle('● Evening Drop · Holdfast');
  await expect(page.getByRole('status').filter({ hasText: 'Evening Drop is open now.' })).toBeAttached();
  expect(await told()).toEqual(['Evening Drop is open now.']);
  await page.getByRole('link', { name: 'See Evening Drop' }).click();
  await expect(buyButton(page)).toBeVisible();
});

test('where no other sale is known, that is said, and the way home', { tag: '@once' }, async ({
  page,
  request,
  merchant,
}) => {
  const sale = await soldOut(merchant, request);
  await onlySales(page, sale);
  for (const path of [sale.products[0]!.path, sale.path]) {
    await page.goto(path);
    await expect(page.getByText('No other sale is known yet.')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Back to the sales' }).click();
    await expect(page).toHaveURL('/');
  }
});

test('whoever waited on the button when the last unit was paid for keeps a place on the page, and hears of it', {
  tag: '@once',
}, async ({ page, shopper, merchant }) => {
  const { products } = await merchant.sale({ products: [{ name: 'Glass Vase', units: 1 }] });
  const winner = await shopper();
  await hold(winner, products[0]!.path);
  await page.goto(products[0]!.path);
  await expect(page.getByRole('button', { name: 'Tell me when one comes back' })).toBeVisible();
  await page.getByRole('button', { name: 'All in checkouts' }).focus();
  await payButton(winner).click();
  await expect(page.getByRole('heading', { name: 'Glass Vase' })).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: 'Sold out' })).toBeAttached();
});
