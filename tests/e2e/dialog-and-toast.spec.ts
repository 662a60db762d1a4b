import { expectAccessible } from '#tests/e2e/accessible.ts';
import { newcomer, signUp } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold, payButton } from '#tests/e2e/steps.ts';

test('deleting an account is asked about in front of the page; Escape leaves all as it was', async ({ page }) => {
  await page.goto('/signup?next=%2Faccount');
  await signUp(page, newcomer());
  const ask = page.getByRole('button', { name: 'Delete my account' });
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await ask.press('Enter');
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  for (let presses = 0; presses < 8; presses++) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
    );
    expect(outside, 'the page behind cannot be reached').toBe(false);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(ask).toBeFocused();
  await ask.click();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Account', exact: true })).toBeVisible();
});

test('a toast costs nothing before there is one, is said aloud, and covers no button', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  const { products } = await merchant.sale();
  const scripts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.text().catch(() => ''));
  });
  const toasters = async () => (await Promise.all(scripts)).filter((text) => text.includes('data-sonner-toaster'));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await hold(page, products[0]!.path);
  await payButton(page).first().click();
  const copy = page.getByRole('button', { name: 'Copy receipt link' });
  await expect(copy).not.toHaveAttribute('aria-disabled');
  expect(await toasters()).toHaveLength(0);
  await copy.click();
  const news = page.getByRole('region', { name: 'News' });
  await expect(news.getByText('Copied.')).toBeVisible();
  await expect(news).toHaveAttribute('aria-live', 'polite');
  expect(await toasters()).toHaveLength(1);
  await expectAccessible(page);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/receipt#/);
});
