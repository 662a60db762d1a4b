import { expect, test } from '#tests/e2e/shop.ts';

test('a form that its script has not reached yet sends no password anywhere', { tag: '@once' }, async ({
  page,
  watch,
}) => {
  watch.allowed.add('ERR_FAILED');
  await page.route('**/_next/static/**/*.js', (route) => route.abort());
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const path of ['/signin', '/signup']) {
    await page.goto(path);
    await page.locator('input[name="email"]').fill('ada@shop.example');
    await page.locator('input[name="password"]').fill('a password to keep');
    await expect(page.locator('form [type="submit"]')).toBeDisabled();
    await page.locator('input[name="password"]').press('Enter');
    await page.locator('form [type="submit"]').click({ force: true });
    await expect(page).toHaveURL(path);
  }
  expect(asked.filter((url) => url.includes('password'))).toEqual([]);
});
