import type { Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buy, buyButton, countdown, hold, payButton } from '#tests/e2e/steps.ts';

test("a hold runs out, and its unit comes back on another shopper's open page", { tag: '@once' }, async ({
  page,
  shopper,
  merchant,
}) => {
  const { products } = await merchant.sale({
    holdSeconds: 10,
    products: [{ name: 'Wool Beanie', art: 'wool-beanie', units: 1 }],
  });
  const other = await shopper();
  await other.goto(products[0]!.path);
  await expect(buyButton(other)).toBeVisible();
  await hold(page, products[0]!.path);
  await expect(
    other.getByText('The last unit is in another checkout and may come back: keep this page open.'),
  ).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The time ran out' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Nothing was charged.')).toBeVisible();
  await expect(other.getByText('The last one')).toBeVisible();
  await expect(other.getByText('Wool Beanie is available again.')).toBeAttached();
  await buyButton(other).click();
  await expect(other.getByText('No. 1 of 1')).toBeVisible();
});

test('two shoppers want the last unit: one holds it, the other keeps the page open', { tag: '@once' }, async ({
  page,
  shopper,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(409);
  const { products } = await merchant.sale({ products: [{ units: 1 }] });
  const pages = [page, await shopper()];
  for (const each of pages) {
    await each.goto(products[0]!.path);
    await expect(buyButton(each)).not.toHaveAttribute('aria-disabled');
  }
  await Promise.all(pages.map((each) => buyButton(each).evaluate((button: HTMLElement) => button.click())));
  const won = (each: typeof page) => each.getByRole('heading', { name: 'Held for you' });
  const winners = () => Promise.all(pages.map((each) => won(each).isVisible()));
  await expect.poll(async () => (await winners()).filter(Boolean)).toHaveLength(1);
  const index = (await winners()).indexOf(true);
  const winner = pages[index]!;
  const loser = pages[1 - index]!;
  await expect(loser.getByText('may come back: keep this page open').first()).toBeVisible();
  await payButton(winner).click();
  await expect(winner.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(loser.getByRole('main').getByText('Sold out').first()).toBeVisible();
});

test('a reload in mid-hold finds the hold again, and so does every other page', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  const { products } = await merchant.sale({ products: [{ units: 2 }] });
  await addToCart(page, products[0]!.path);
  await page.goto('/cart');
  await page.getByRole('button', { name: /^Check out/ }).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  const address = page.url();
  await page.reload();
  await expect(countdown(page)).toBeVisible();
  await expect(page.getByText('No. 1 of 2')).toBeVisible();
  for (const path of ['/', '/cart']) {
    await page.goto(path);
    await page.getByRole('link', { name: /^Held for you/ }).click();
    await expect(page).toHaveURL(address);
  }
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Held for you/ })).toHaveCount(0);
});

test('the back button and a second tab find the hold again, and both learn that it has ended', {
  tag: '@once',
}, async ({ page, context, watch, merchant }) => {
  const { products } = await merchant.sale({ products: [{ units: 1 }] });
  const address = await buy(page, products[0]!.path);
  await page.goBack();
  await expect(page).toHaveURL(products[0]!.path);
  await expect(page.getByRole('link', { name: /^Held for you/ })).toBeVisible();
  const second = await context.newPage();
  watch.on(second);
  await second.goto('/');
  await second.getByRole('link', { name: /^Held for you/ }).click();
  await expect(second).toHaveURL(address);
  await second.getByRole('button', { name: 'Put it back' }).click();
  await expect(second.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
  await page.goForward();
  await expect(page.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
});

test('a sale that opens, pauses and ends says so on its page and on a product’s, also aloud, and moves nothing', {
  tag: '@once',
}, async ({ page, context, watch, merchant }) => {
  const sale = await merchant.sale({ name: 'Midnight', opensAt: new Date(Date.now() + 3_600_000) });
  const second = await context.newPage();
  watch.on(second);
  await page.goto(sale.path);
  await second.goto(sale.products[0]!.path);
  const aloud = (text: RegExp) =>
    Promise.all(
      [page, second].map((each) => expect(each.getByRole('status').filter({ hasText: text })).toBeAttached()),
    );
  const opensIn = (each: Page) => each.getByRole('timer', { name: 'Opens in' });
  for (const each of [page, second]) await expect(opensIn(each)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Opens soon/ })).toHaveAttribute('aria-disabled', 'true');
  await merchant.change(sale.saleId, { opensAt: new Date(Date.now() + 13_000).toISOString() });
  await aloud(/^Opens in 10 seconds$/);
  await expect(opensIn(page)).toHaveText(/0:0\d/); // from here on it is the clock alone
  const place = () => page.getByRole('main').locator('article').first().boundingBox();
  const before = await place();
  await aloud(/^Open now$/);
  await expect(buyButton(page)).toBeVisible();
  expect(await place(), 'nothing moves under a finger that is about to buy').toEqual(before);

  await merchant.change(sale.saleId, { paused: true });
  await aloud(/^Paused$/);
  await expect(page.getByText('The sale is paused for a moment.')).toBeVisible();
  await expect(buyButton(page)).toHaveCount(0);
  await merchant.change(sale.saleId, { paused: false });
  await buyButton(page).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  await page.goBack();
  await expect(buyButton(page)).toBeVisible();
  await merchant.change(sale.saleId, { closesAt: new Date().toISOString() });
  await aloud(/^Over$/);
  await expect(page.getByText('This sale is over.')).toBeVisible();
});

test('a shopper gets more time, once', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ holdSeconds: 20, extendSeconds: 60 });
  await hold(page, products[0]!.path);
  await expect(countdown(page)).toHaveText(/^0:/);
  await page.getByRole('button', { name: 'Give me 1 minute more' }).click();
  await expect(countdown(page)).toHaveText(/^1:[0-2]/);
  await expect(page.getByText('Time was added.')).toBeAttached();
  await expect(page.getByRole('button', { name: /^Give me/ })).toHaveCount(0);
  await page.reload();
  await expect(countdown(page)).toHaveText(/^1:[0-2]/);
  await expect(page.getByRole('button', { name: /^Give me/ })).toHaveCount(0);
});
