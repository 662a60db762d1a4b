import type { Locator, Page } from '@playwright/test';
import { expect, test } from '#tests/e2e/shop.ts';
import { countdown, hold, payButton } from '#tests/e2e/steps.ts';

const more = (page: Page) => page.getByRole('button', { name: /^Give me/ });
const title = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

/** Where everything on a hold's page stands that somebody may be looking at or about to press. */
async function places(page: Page) {
  const parts = {
    card: page.locator('article'),
    title: title(page, 'Held for you'),
    ring: page.locator('article svg').first(),
    line: page.locator('article li').first(),
    pay: payButton(page),
    release: page.getByRole('button', { name: 'Put it back' }),
  };
  const boxes = Object.entries(parts).map(async ([name, part]) => [name, await part.boundingBox()]);
  return Object.fromEntries(await Promise.all(boxes));
}

const onScreen = (part: Locator) => expect(part).toBeInViewport({ ratio: 1 });

for (const locale of ['en-US', 'de-DE']) {
  test.describe(locale, () => {
    test.use({ locale });

    test(`ring, number, time left, what happens at zero and Pay are on one screen: ${locale}`, async ({
      page,
      merchant,
    }) => {
      const { products } = await merchant.sale({ taxBasisPoints: 1900, products: [{ price: 12_900 }] });
      await page.goto(products[0]!.path);
      await page.getByRole('button', { name: /^(Buy now|Jetzt kaufen)/ }).click();
      await onScreen(page.getByRole('button', { name: /^Pay |zahlen$/ }));
      await onScreen(page.locator('article svg').first());
      await onScreen(page.getByText(/^(No\. 1 of 5|Nr\. 1 von 5)$/));
      await onScreen(page.getByText(/nothing is charged\.$|du zahlst nichts\.$/));
    });
  });
}

test('nothing moves when more time is offered, not given, and given', async ({ page, merchant, expectAnswers }) => {
  expectAnswers(503);
  const { products } = await merchant.sale({ holdSeconds: 26, extendSeconds: 60 });
  await hold(page, products[0]!.path);
  await expect(page.getByText('No. 1 of 5')).toBeVisible();
  await expect(more(page)).toHaveCount(0);
  const before = await places(page);
  await onScreen(payButton(page));

  await expect(more(page)).toBeVisible();
  expect(await places(page), 'offered').toEqual(before);
  await onScreen(more(page));
  await onScreen(payButton(page));

  await page.route('**/extend', (route) => route.fulfill({ status: 503, json: { code: 'UNAVAILABLE' } }), { times: 1 });
  await more(page).click();
  const words = page.getByRole('main').getByText('No answer yet. Please try again.');
  await onScreen(words);
  expect((await words.boundingBox())?.height, 'said for the eye as well').toBeGreaterThan(10);
  await expect(more(page)).toBeVisible();
  expect(await places(page), 'not given').toEqual(before);

  await more(page).click();
  await expect(more(page)).toHaveCount(0);
  await onScreen(page.getByText('Time was added.'));
  await expect(countdown(page)).toHaveText(/^1:|^0:5/);
  expect(await places(page), 'given').toEqual(before);
  await onScreen(payButton(page));
});

test('nothing moves when the time is over until the shop has decided, and the focus goes on to what it decided', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ holdSeconds: 10 });
  await hold(page, products[0]!.path);
  await expect(page.getByText('No. 1 of 5')).toBeVisible();
  await expect(more(page)).toBeVisible();
  await more(page).focus();
  const before = await places(page);
  const decided = Promise.withResolvers<void>();
  await page.route('**/api/**', (route) => decided.promise.then(() => route.continue()));
  await expect(page.getByText('Time is up. Asking the shop…')).toBeVisible();
  await expect(more(page)).toHaveCount(0);
  expect(await places(page)).toEqual(before);
  decided.resolve();
  await expect(title(page, 'The time ran out')).toBeFocused();
});

test('an order that is still asked for has the room of the hold that it is', async ({ page, merchant }) => {
  const { products } = await merchant.sale({ taxBasisPoints: 1900, products: [{ price: 12_900 }] });
  await hold(page, products[0]!.path);
  await expect(page.getByText('No. 1 of 5')).toBeVisible();
  const answer = Promise.withResolvers<void>();
  await page.route('**/api/orders/*', (route) => answer.promise.then(() => route.continue()));
  await page.reload();
  const room = await page.getByRole('main').getByRole('status', { name: 'Loading' }).boundingBox();
  answer.resolve();
  await expect(page.getByText('No. 1 of 5')).toBeVisible();
  const card = await page.locator('article').boundingBox();
  expect({ ...room, height: 0 }).toEqual({ ...card, height: 0 });
  const higher = (room?.height ?? 0) - (card?.height ?? 0);
  expect(Math.abs(higher), 'each way to pay has a height of its own').toBeLessThanOrEqual(64);
});
