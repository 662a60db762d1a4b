import type { Locator } from '@playwright/test';
import { expectAccessible } from '#tests/e2e/accessible.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { buyButton, countdown, hold, payButton } from '#tests/e2e/steps.ts';

test('while the shelf is being restored a checkout waits, and goes on under the same key', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(503);
  const { products } = await merchant.sale();
  const keys: (string | null)[] = [];
  let answerAgain = () => {};
  const restored = new Promise<void>((resolve) => {
    answerAgain = resolve;
  });
  await page.route('**/api/checkout', async (route) => {
    keys.push(await route.request().headerValue('idempotency-key'));
    if (keys.length === 1) {
      const problem = { type: 'about:blank', title: 'The sale is being restored', status: 503, code: 'SALE_NOT_READY' };
      return route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        headers: { 'retry-after': '0' },
        json: problem,
      });
    }
    await restored;
    return route.continue();
  });
  await page.goto(products[0]!.path);
  await buyButton(page).click();
  await expect(page.getByText("We're restoring the shelf. Your request waits and goes on by itself.")).toBeVisible();
  answerAgain();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('a page that cannot ask the shop says so, and shows the sale once it can', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(503);
  const sale = await merchant.sale();
  let down = true;
  await page.route(`**/api/sales/${sale.saleId}`, (route) =>
    down ? route.fulfill({ status: 503, headers: { 'retry-after': '1' } }) : route.continue(),
  );
  await page.route(`**/api/sales/${sale.saleId}/events`, (route) =>
    down ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await page.goto(sale.path);
  await expect(page.getByRole('heading', { name: "We're restoring the shelf" })).toBeVisible();
  down = false;
  await expect(page.getByRole('heading', { name: sale.name })).toBeVisible();
});

test('a shopper among too many waits for a turn, before a page and in a checkout, and gets it', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(429);
  const sale = await merchant.sale();
  let crowded = true;
  await page.route(/\/api\/(sales\/[^/]+(\/events)?|checkout)$/, (route) =>
    crowded ? route.fulfill({ status: 429, headers: { 'retry-after': '1' } }) : route.continue(),
  );
  await page.goto(sale.products[0]!.path);
  await expect(page.getByRole('heading', { name: 'Many shoppers at once' })).toBeVisible();
  await expectAccessible(page);
  crowded = false;
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
  crowded = true;
  await buyButton(page).click();
  await expect(page.getByText('Many shoppers at once. Your request waits its turn.')).toBeVisible();
  crowded = false;
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
});

test('the network is lost in mid-hold and comes back, and the note of it covers nothing that can be pressed', {
  tag: '@once',
}, async ({ page, context, merchant, expectAnswers }) => {
  expectAnswers(0);
  const { products } = await merchant.sale({ products: [{ units: 5 }, { units: 5 }] });
  const offline = page.getByText('You are offline.');
  const address = await hold(page, products[0]!.path);
  await page.goto(products[1]!.path);
  await expect(page.getByRole('link', { name: /^Held for you/ })).toBeVisible();
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
  await context.setOffline(true);
  await expect(offline).toBeVisible();
  const inTheWay = await page.evaluate(() =>
    [...document.querySelectorAll('header a, main button')]
      .filter((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        return [0.2, 0.5, 0.8].some((part) => {
          const at = document.elementFromPoint(left + width * part, top + height * part);
          return at !== one && !one.contains(at);
        });
      })
      .map((one) => one.textContent),
  );
  expect(inTheWay).toEqual([]);

  await context.setOffline(false);
  await page.goto(address);
  await expect(countdown(page)).toBeVisible();
  await context.setOffline(true);
  await expect(offline).toBeVisible();
  await expect(countdown(page)).toBeVisible();
  await context.setOffline(false);
  await expect(offline).toHaveCount(0);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
});

test('what could not be forgotten, or fetched, says so beside the button that tried, which may try again', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers }) => {
  expectAnswers(503);
  const { path } = await merchant.sale({ ships: true, opensAt: new Date(Date.now() + 3_600_000) });
  const delivery = {
    name: 'Ada Kelp',
    email: 'ada@example.org',
    street: '7 Harbour Row',
    postalCode: 'TS13 5BH',
    city: 'Staithes',
    country: 'GB',
  };
  await page.goto(path);
  expect((await page.request.put('/api/delivery', { data: delivery })).status()).toBe(200);
  let down = true;
  await page.route('**/api/delivery', (route) =>
    down && route.request().method() === 'DELETE' ? route.fulfill({ status: 503 }) : route.continue(),
  );
  await page.reload();
  const forget = page.getByRole('button', { name: 'Forget these details' });
  await expectTriedAgain(forget);
  await expect(page.getByRole('button', { name: 'Add delivery details' })).toBeFocused();

  const open = await merchant.sale();
  const address = await hold(page, open.products[0]!.path);
  down = true;
  await page.route(/\/api\/orders(\?.*)?$/, async (route) => {
    if (!route.request().url().includes('before=')) {
      const response = await route.fetch();
      return route.fulfill({ response, json: { ...(await response.json()), next: '2026-01-01T00:00:00.000Z' } });
    }
    return down ? route.fulfill({ status: 503 }) : route.continue();
  });
  await page.goto('/orders');
  const more = page.getByRole('button', { name: 'Show earlier orders' });
  await expectTriedAgain(more);
  await expect(page.getByRole('listitem').getByRole('link')).toHaveAttribute('href', new URL(address).pathname);

  async function expectTriedAgain(button: Locator) {
    const words = page.getByText('That did not work. Please try again.');
    await button.click();
    await expect(words).toBeVisible();
    expect((await words.boundingBox())!.width, 'not for screen readers alone').toBeGreaterThan(100);
    down = false;
    await button.click();
    await expect(button).toHaveCount(0);
    await expect(page.getByText('That did not work.')).toHaveCount(0);
  }
});

test('a shopper who wants more than the limit reads the limit', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(409);
  const { products } = await merchant.sale({ products: [{ units: 5, limitPerCustomer: 1 }] });
  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await page.goto(products[0]!.path);
  await buyButton(page).click();
  await expect(page.getByText('Enamel Mug: at most 1 for each shopper; you already have 1.')).toBeVisible();
});

test('an address that leads nowhere says so and leads back', { tag: '@once' }, async ({ page, expectAnswers }) => {
  expectAnswers(404);
  for (const path of [
    '/no-such-page',
    '/sales/no-such-sale',
    '/sales/no-such-sale/thing',
    '/orders/00000000-0000-4000-8000-000000000000',
    '/orders/x',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
    await page.getByRole('link', { name: 'Back to the sales' }).click();
    await expect(page).toHaveURL('/');
  }
});

test("nobody reads another shopper's order", { tag: '@once' }, async ({ page, shopper, merchant, expectAnswers }) => {
  expectAnswers(404);
  const { products } = await merchant.sale();
  const address = await hold(page, products[0]!.path);
  const other = await shopper();
  await other.goto(address);
  await expect(other.getByText('There is no such order, or it belongs to somebody else.')).toBeVisible();
});
