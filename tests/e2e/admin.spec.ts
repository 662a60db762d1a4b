import { expect, test } from '#tests/e2e/shop.ts';
import { hold } from '#tests/e2e/steps.ts';

test('the merchant opens the back room, sees who holds what, and locks it again', async ({
  page,
  shopper,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(401);
  const sale = await merchant.sale({ name: `Seen ${Date.now()}`, products: [{ name: 'Glass Vase', units: 3 }] });
  await hold(await shopper(), sale.products[0]!.path);

  await page.goto('/admin');
  await page.getByLabel('Admin key').fill('not the key');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByText('That key does not fit.')).toBeVisible();
  await page.getByLabel('Admin key').fill(process.env.E2E_ADMIN_KEY ?? '');
  await page.getByRole('button', { name: 'Open' }).click();

  await page.getByLabel('Sale', { exact: true }).selectOption(sale.saleId);
  await expect(page.locator(`tr[data-product="${sale.products[0]!.productId}"] td`)).toHaveText(['2', '1', '0', '3']);
  await expect(page.getByRole('cell', { name: 'Glass Vase No. 1' })).toBeVisible();
  await expect(page.getByRole('timer', { name: 'Time left' })).toHaveText(/^0:\d\d/);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Admin key')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Admin key')).toBeVisible();
});

test('the admin cookie is out of reach of scripts', async ({ page, context }) => {
  await page.goto('/admin');
  await page.getByLabel('Admin key').fill(process.env.E2E_ADMIN_KEY ?? '');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const cookie = (await context.cookies()).find(({ name }) => name.includes('admin'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  expect(await page.evaluate(() => document.cookie)).not.toContain('admin');
});
