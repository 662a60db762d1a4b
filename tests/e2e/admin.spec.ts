import { newcomer, signIn, signUp, staff } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold } from '#tests/e2e/steps.ts';

test('an admin signs in to the back room, sees who holds what, and locks it again', async ({
  page,
  shopper,
  merchant,
}) => {
  const sale = await merchant.sale({ name: `Seen ${Date.now()}`, products: [{ name: 'Glass Vase', units: 3 }] });
  await hold(await shopper(), sale.products[0]!.path);

  await page.goto('/admin');
  await expect(page).toHaveURL('/signin?next=%2Fadmin');
  await signIn(page, await staff('admin'));
  await expect(page).toHaveURL('/admin');

  await page.getByLabel('Sale', { exact: true }).selectOption(sale.saleId);
  await expect(page.locator(`tr[data-product="${sale.products[0]!.productId}"] td`)).toHaveText(['2', '1', '0', '3']);
  await expect(page.getByRole('cell', { name: 'Glass Vase No. 1' })).toBeVisible();
  await expect(page.getByRole('timer', { name: 'Time left' })).toHaveText(/^0:\d\d/);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/admin');
  await expect(page).toHaveURL('/signin?next=%2Fadmin');
});

test('a viewer looks, and reads that looking is all; a customer finds no back room', { tag: '@once' }, async ({
  page,
  expectAnswers,
}) => {
  expectAnswers(404);
  const viewer = await staff('viewer');
  await page.goto('/signin?next=%2Fadmin');
  await signIn(page, viewer);
  await expect(page.getByText(`${viewer.email} may look`)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/signup?next=%2Fadmin');
  await signUp(page, newcomer());
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
});

test('the session cookie is out of reach of scripts', { tag: '@once' }, async ({ page, context }) => {
  await page.goto('/signup?next=%2Faccount');
  await signUp(page, newcomer());
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const cookie = (await context.cookies()).find(({ name }) => name.includes('session'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
});
