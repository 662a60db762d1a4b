import type { Locator } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold } from '#tests/e2e/steps.ts';

const edges = (part: Locator) =>
  part.evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    const { paddingLeft, paddingRight } = getComputedStyle(element);
    return [left + Number.parseFloat(paddingLeft), right - Number.parseFloat(paddingRight)];
  });

test('the header ends where the page under it ends, and what stands side by side to be pressed is equally high', async ({
  page,
  merchant,
}) => {
  const { products } = await merchant.sale();
  await page.goto(products[0]!.path);
  const button = page.getByRole('button', { name: 'Add to cart' });
  await expect(button).toBeVisible();
  const stepper = page.getByRole('group', { name: 'Quantity' });
  expect((await stepper.boundingBox())?.height).toBe((await button.boundingBox())?.height);
  expect((await stepper.getByRole('button').first().boundingBox())?.height).toBe(44);
  const [left, right] = await edges(page.getByRole('main'));
  const links = page.getByRole('banner').getByRole('link');
  expect([(await edges(links.first()))[0], (await edges(links.last()))[1]]).toEqual([left, right]);
});

test('an ended order keeps room for the way to try again', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  await hold(page, products[0]!.path);
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(page.getByText('There is stock right now.')).toBeVisible();
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/sales/**', (route) => answer.promise.then(() => route.continue()));
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
  const room = await page.locator('article .skeleton').boundingBox();
  answer.resolve();
  const box = page.locator('article section');
  await expect(box).toBeVisible();
  expect((await box.boundingBox())?.height).toBe(room?.height);
});
