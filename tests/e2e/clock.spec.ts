import { expect, test } from '#tests/e2e/shop.ts';
import { buy, buyButton, countdown, hold, payButton } from '#tests/e2e/steps.ts';

const HOUR_MS = 3_600_000;

test('a device clock that is two hours ahead opens no sale and shortens no countdown', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  const sale = await merchant.sale({ opensAt: new Date(Date.now() + HOUR_MS) });
  await page.clock.install({ time: Date.now() });
  await page.goto(sale.path);
  const timer = page.getByRole('main').getByRole('timer', { name: 'Opens in' }).first();
  await expect(timer).toHaveText(/^59:5/);
  await page.clock.setSystemTime(Date.now() + 2 * HOUR_MS);
  await page.clock.runFor(5_000);
  await expect(timer).toHaveText(/^59:[345]/);
  await expect(page.getByRole('button', { name: /^Opens soon/ }).first()).toHaveAttribute('aria-disabled', 'true');
  await page.reload();
  await expect(timer).toHaveText(/^59:[345]/);
});

test('the button unlocks at the very second of opening, by itself, and asks nobody for it', { tag: '@once' }, async ({
  page,
  context,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(0);
  const sale = await merchant.sale({ opensAt: new Date(Date.now() + HOUR_MS) });
  await page.clock.install({ time: Date.now() });
  await page.goto(sale.path);
  await expect(page.getByRole('button', { name: /^Opens soon/ }).first()).toBeVisible();
  await page.clock.pauseAt(Date.now() + 1_000);
  await context.setOffline(true); // from here on nobody can be asked
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.clock.runFor(58 * 60_000);
  await expect(buyButton(page)).toHaveCount(0);
  asked.length = 0;
  await page.clock.runFor(2 * 60_000);
  await expect(buyButton(page).first()).not.toHaveAttribute('aria-disabled');
  expect(asked.filter((url) => url.includes('/api/checkout'))).toEqual([]);
});

test('a hold begins with the time it has, never with a second more', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ holdSeconds: 60, products: [{ units: 1 }] });
  await page.addInitScript(() => {
    const shown = new Set<string>();
    Object.assign(window, { shown });
    new MutationObserver(() => {
      for (const timer of document.querySelectorAll('main [role=timer] [aria-hidden]')) shown.add(timer.textContent);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  for (let tries = 0; tries < 3; tries++) {
    await buy(page, products[0]!.path);
    await expect(countdown(page)).toHaveText(/^0:59|^1:00/);
    await page.getByRole('button', { name: 'Put it back' }).click();
    await expect(page.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
    const shown = await page.evaluate(() => [...(window as unknown as { shown: Set<string> }).shown]);
    expect(shown.filter((digits) => digits > '1:00')).toEqual([]);
  }
});

test('the time left is said aloud at a few moments, more time is offered from half time, and at zero the shop decides', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(0);
  const { products } = await merchant.sale({ holdSeconds: 60 });
  await page.clock.install({ time: Date.now() });
  await hold(page, products[0]!.path);
  const said = page.getByRole('status').filter({ hasText: / left$/ });
  const more = page.getByRole('button', { name: /^Give me/ });
  await expect(countdown(page)).toHaveText(/^0:5/);
  await expect(more).toHaveCount(0);
  await expect(said).toHaveCount(0);
  // An answer that came now could set the page's clock right, which is to run ahead.
  const ahead = Promise.withResolvers<void>();
  await page.route('**/api/**', (route) => ahead.promise.then(() => route.continue()));
  await page.clock.runFor(32_000);
  await expect(said).toHaveText('30 seconds left');
  await expect(more).toBeVisible();
  await page.clock.runFor(19_000);
  await expect(said).toHaveText('10 seconds left');
  // By this page's clock the time is over; by the shop's it is not, and that is the one that counts.
  await page.clock.runFor(12_000);
  await expect(page.getByRole('heading', { name: 'The time ran out' })).toHaveCount(0);
  await page.clock.resume();
  ahead.resolve();
  await page.evaluate(() => window.dispatchEvent(new Event('online'))); // from here on the next answer counts
  await expect(countdown(page)).toHaveText(/^0:[1-5]/);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
});
