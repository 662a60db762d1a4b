import { expect, test } from '#tests/e2e/shop.ts';

for (const locale of ['en-US', 'de-DE']) {
  test.describe(locale, () => {
    test.use({ locale, viewport: { width: 320, height: 640 } });

    test(`a page at 320 pixels, or enlarged four times, does not scroll sideways: ${locale}`, {
      tag: '@once',
    }, async ({ page, merchant }) => {
      const { path, products } = await merchant.sale({ products: [{}, {}] });
      await page.goto(products[0]!.path);
      await page.getByRole('button', { name: /^(Add to cart|In den Korb)/ }).click();
      await expect(page.getByRole('banner').getByText('1', { exact: true })).toBeVisible();
      for (const at of ['/', path, products[0]!.path, '/cart', '/orders', '/signin']) {
        await page.goto(at);
        await expect(page.getByRole('contentinfo').getByRole('button', { name: 'Deutsch' })).toBeVisible();
        await expect(page.locator('h1').first()).toBeVisible();
        const wider = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(wider, at).toBe(0);
      }
    });
  });
}
