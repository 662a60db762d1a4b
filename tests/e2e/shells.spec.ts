import { expect, test } from '#tests/e2e/shop.ts';
import { buyButton, hold } from '#tests/e2e/steps.ts';
import { notificationsOf } from '#tests/e2e/told.ts';

test('without JavaScript the shop can be read: what is sold, when it opens, and what is missing', {
  tag: '@once',
}, async ({ browser, merchant }) => {
  const opensAt = new Date(Date.now() + 86_400_000);
  const sale = await merchant.sale({ name: 'Paper Drop', opensAt, products: [{ name: 'Letterpress Print' }] });
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(sale.path);
  await expect(page.getByRole('heading', { name: 'Paper Drop' })).toBeVisible();
  await expect(page.locator('noscript p').first()).toContainText('Live stock and buying need JavaScript.');
  await expect(page.locator('.skeleton').first()).toBeHidden();
  await expect(page.locator(`time[datetime="${opensAt.toISOString()}"]`)).toBeVisible();
  await page.getByRole('link', { name: 'Letterpress Print' }).click();
  await expect(page).toHaveURL(sale.products[0]!.path);
  await expect(page.getByRole('heading', { name: 'Letterpress Print' })).toBeVisible();
  await expect(page).toHaveTitle('Letterpress Print · Holdfast');
  await context.close();
});

test('a shell holds no price, no count and no state, so it cannot be out of date', { tag: '@once' }, async ({
  request,
  merchant,
}) => {
  const sale = await merchant.sale({
    name: 'Shell Drop',
    products: [{ name: 'Brass Pen', price: 987_654, units: 7_319 }],
  });
  for (const path of [sale.path, sale.products[0]!.path]) {
    const html = await (await request.get(path)).text();
    expect(html).toContain('Brass Pen');
    for (const never of ['987654', '9,876', '9.876', '7319', '7,319', 'serverTime', 'available']) {
      expect(html.replaceAll(/\/_next\/[^"\\]*/g, ''), `${path}: ${never}`).not.toContain(never);
    }
  }
});

test('what a shell shows stays where it is when the sale comes alive, and nothing jumps', async ({
  page,
  merchant,
}) => {
  const products = [{ name: 'Mug' }, { name: 'Pen', units: 0 }];
  const open = await merchant.sale({ name: 'Still Drop', products });
  const coming = await merchant.sale({ name: 'Patient Drop', products, opensAt: new Date(Date.now() + 3_600_000) });
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  let answer = () => {};
  let asked = Promise.resolve();
  await page.route('**/api/sales/**', async (route) => {
    await asked;
    await route.continue();
  });
  const places = () =>
    page.locator('main h1, main h2, main img').evaluateAll((all) =>
      all.map((one) => {
        const { x, y } = one.getBoundingClientRect();
        return [one.textContent || one.tagName, Math.round(x), Math.round(y)];
      }),
    );
  for (const path of [open.path, coming.path, open.products[0]!.path, coming.products[0]!.path]) {
    asked = new Promise((resolve) => {
      answer = resolve;
    });
    await page.goto(path);
    await expect(page.getByRole('status', { name: 'Loading' })).toBeAttached();
    await expect(page.getByRole('contentinfo').getByRole('button').first()).toBeVisible();
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const before = await places();
    answer();
    await expect(
      page
        .getByRole('main')
        .getByRole('button', { name: /^(Buy now|Opens soon)/ })
        .first(),
    ).toBeVisible();
    expect(await places(), path).toEqual(before);
    const shifted = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
    expect(
      shifted.reduce((sum, value) => sum + value, 0),
      path,
    ).toBeLessThanOrEqual(0.01);
  }
});

test('who waits for the last unit is told the moment it comes back, also in another tab', { tag: '@once' }, async ({
  page,
  context,
  shopper,
  merchant,
}) => {
  await context.grantPermissions(['notifications']);
  const told = await notificationsOf(page);
  const { products } = await merchant.sale({ products: [{ name: 'Glass Vase', art: 'glass-vase', units: 1 }] });
  const other = await shopper();
  await hold(other, products[0]!.path);
  await page.goto(products[0]!.path);
  await page.getByRole('button', { name: 'Tell me when one comes back' }).click();
  await expect(page.getByText('This page tells you the moment one comes back')).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await other.getByRole('button', { name: 'Put it back' }).click();
  await expect(page).toHaveTitle('● Glass Vase · Holdfast');
  expect(await told()).toEqual(['Glass Vase is available again.']);
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
});

test('who waits is told as well when the shelf was restored between', { tag: '@once' }, async ({
  page,
  context,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(503);
  await context.grantPermissions(['notifications']);
  const told = await notificationsOf(page);
  const { saleId, products } = await merchant.sale({ products: [{ name: 'Glass Vase', units: 1 }] });
  const counts: Record<string, object> = {
    allHeld: { available: 0, held: 1, sold: 0 },
    restoring: { available: null, held: null, sold: null },
    available: {},
  };
  let stock = 'allHeld';
  await page.route(`**/api/sales/${saleId}/events`, (route) => route.fulfill({ status: 503 }));
  await page.route(`**/api/sales/${saleId}`, async (route) => {
    const response = await route.fetch();
    const sale = await response.json();
    await route.fulfill({
      response,
      json: { ...sale, products: sale.products.map((product: object) => ({ ...product, ...counts[stock] })) },
    });
  });
  await page.goto(products[0]!.path);
  await page.getByRole('button', { name: 'Tell me when one comes back' }).click();
  stock = 'restoring';
  await expect(page.getByText('Being restored').first()).toBeVisible();
  stock = 'available';
  await expect(page).toHaveTitle('● Glass Vase · Holdfast');
  expect(await told()).toEqual(['Glass Vase is available again.']);
});
