import type { Locator, Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { buy, hold, payButton } from '#tests/e2e/steps.ts';

const more = (page: Page) => page.getByRole('button', { name: /^Give me/ });
const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

test('by keyboard, more time leaves the focus at the time that there is', async ({ page, merchant }) => {
  const { products } = await merchant.sale({ holdSeconds: 20, extendSeconds: 60 });
  await hold(page, products[0]!.path);
  await tabTo(page, more(page));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Time was added.')).toBeAttached();
  await expect(title(page, 'Held for you')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(payButton(page)).toBeFocused();
});

for (const [pressed, becomes] of [
  [/^Pay /, "It's yours"],
  [/^Put it back/, 'Back on the shelf'],
] as const) {
  test(`by keyboard, the focus goes on to what a hold has become: ${becomes}`, async ({ page, merchant }) => {
    const { products } = await merchant.sale();
    await buy(page, products[0]!.path);
    await tabTo(page, page.getByRole('button', { name: pressed }));
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.keyboard.press('Enter');
    await expect(title(page, becomes)).toBeFocused();
    expect(await page.evaluate(() => scrollY), 'and nothing scrolls').toBe(0);
    await page.reload();
    await expect(title(page, becomes)).toBeVisible();
    await expect(page.locator('body'), 'who comes later begins at the top').toBeFocused();
  });
}

async function tabTo(page: Page, target: Locator) {
  for (let presses = 0; presses < 30; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('not reached by the Tab key');
}
