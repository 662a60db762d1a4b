import { expectNoSidewaysScroll } from '#tests/e2e/accessible.ts';
import { expect, test } from '#tests/e2e/shop.ts';

const HOUR_MS = 3_600_000;
const IN = { 'en-US': /^7d 12h/, 'de-DE': /^7 T 12h/ };

for (const locale of ['en-US', 'de-DE'] as const) {
  test.describe(locale, () => {
    test.use({ locale });

    test(`a drop a week ahead is counted in days and hours, in the room that was kept for it: ${locale}`, {
      tag: '@once',
    }, async ({ page, merchant }) => {
      const sale = await merchant.sale({ opensAt: new Date(Date.now() + (7 * 24 + 12.5) * HOUR_MS) });
      const answer = Promise.withResolvers<void>();
      await page.route('**/api/sales/**', (route) => answer.promise.then(() => route.continue()));
      await page.goto(sale.path);
      const panel = page.locator('main .bg-night').first();
      const shelf = page.getByRole('main').locator('article').first();
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const before = [await panel.boundingBox(), (await shelf.boundingBox())?.y];
      answer.resolve();
      const timer = page.getByRole('main').getByRole('timer').first();
      await expect(timer).toHaveText(IN[locale]);
      expect([await panel.boundingBox(), (await shelf.boundingBox())?.y]).toEqual(before);
      const lines = await timer.locator('[aria-hidden]').evaluate((digits) => digits.getClientRects().length);
      expect(lines, 'on one line').toBe(1);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await timer.locator('[aria-hidden]').evaluate((digits) => digits.getClientRects().length)).toBe(1);
      await expectNoSidewaysScroll(page);
    });
  });
}
