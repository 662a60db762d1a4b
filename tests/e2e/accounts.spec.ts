import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { newcomer, signIn, signUp } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buy, buyButton, hold, payButton } from '#tests/e2e/steps.ts';

const accountLink = (page: Page) => page.getByRole('banner').getByRole('link', { name: 'Account' });

test('a guest buys, makes an account, signs out, and finds cart and orders again on another device', {
  tag: '@once',
}, async ({ page, shopper, merchant }) => {
  const { products } = await merchant.sale({ products: [{ name: 'Brass Pen', units: 5 }] });
  await addToCart(page, products[0]!.path);
  await buy(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();

  const who = newcomer();
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Make an account' }).click();
  await signUp(page, who);
  await expect(page).not.toHaveURL(/\/signup/); // the link is there before the next page is
  await expect(accountLink(page)).toBeVisible();
  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await accountLink(page).click();
  await expect(page.getByText(`Signed in as ${who.email}`)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto('/orders');
  await expect(page.getByRole('heading', { name: 'No orders yet' })).toBeVisible();
  await page.goto('/cart');
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();

  const elsewhere = await shopper();
  await elsewhere.goto('/orders');
  await elsewhere.getByRole('link', { name: 'Sign in to see the orders of your account' }).click();
  await signIn(elsewhere, who);
  await expect(elsewhere).toHaveURL('/orders');
  await expect(elsewhere.getByRole('listitem').filter({ hasText: 'Brass Pen' })).toHaveCount(2);
  await elsewhere.goto('/cart');
  await expect(elsewhere.getByRole('region', { name: /^Sale/ })).toContainText('Brass Pen');
});

test('a sale for accounts only asks a guest to sign in, and comes back to the product', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  const { saleId, path, products } = await merchant.sale();
  await merchant.change(saleId, { accountsOnly: true });
  await addToCart(page, products[0]!.path);
  for (const place of [path, '/cart', products[0]!.path]) {
    await page.goto(place);
    await expect(page.getByRole('link', { name: /^Sign in to buy/ })).toBeVisible();
    await expect(buyButton(page)).toHaveCount(0);
  }
  await page.getByRole('link', { name: 'Sign in to buy' }).click();
  await page.getByRole('link', { name: 'Make an account' }).click();
  await signUp(page, newcomer());
  await expect(page).toHaveURL(products[0]!.path);
  await buyButton(page).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
});

test('a session that has ended is noticed when buying, and leads to signing in', { tag: '@once' }, async ({
  page,
  context,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(401);
  const { saleId, products } = await merchant.sale();
  await merchant.change(saleId, { accountsOnly: true });
  await page.goto('/signup');
  await signUp(page, newcomer());
  await expect(page).toHaveURL('/');
  await expect(accountLink(page)).toBeVisible();
  await context.clearCookies();
  await page.goto(products[0]!.path);
  await buyButton(page).click();
  await page.getByRole('link', { name: 'Sign in to buy' }).click();
  await expect(page).toHaveURL(`/signin?next=${encodeURIComponent(products[0]!.path)}`);
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Nobody is signed in' })).toBeVisible();
});

test('what is wrong with a form is said in words, and nothing that was typed is lost', { tag: '@once' }, async ({
  page,
  expectAnswers,
}) => {
  expectAnswers(400, 401);
  const who = newcomer();
  await page.goto('/signup');
  await signUp(page, { ...who, email: 'nobody' });
  await expect(page.getByText('This does not look like an e-mail address.')).toBeVisible();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await signUp(page, { ...who, password: 'short' });
  await expect(page.getByLabel('New password', { exact: true })).toBeFocused();
  await expect(page.getByLabel('New password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('E-mail address')).toHaveValue(who.email);
  await page.getByRole('button', { name: 'Show: New password' }).click();
  await expect(page.getByLabel('New password', { exact: true })).toHaveAttribute('type', 'text');
  await signUp(page, who);
  await expect(page).toHaveURL('/');
  await expect(accountLink(page)).toBeVisible();

  await page.goto('/signin');
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password');
  await signIn(page, { ...who, password: 'not my password' });
  await expect(page.getByText('E-mail address and password do not fit.')).toBeVisible();
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('not my password');
  await page.goto('/signup');
  await signUp(page, { ...who, password: 'what a stranger tries' });
  await expect(page.getByText('This address may have an account with another password.')).toBeVisible();
});

test('after too many wrong passwords the form counts the wait down, says when it is over, and can be sent again', {
  tag: '@once',
}, async ({ page, expectAnswers }) => {
  expectAnswers(401, 429);
  const who = newcomer();
  await page.clock.install({ time: Date.now() });
  await page.goto('/signin');
  const answered = () => page.waitForResponse((response) => response.url().endsWith('/callback/credentials'));
  const guess = async () => (await Promise.all([answered(), signIn(page, who)]))[0].status();
  for (let i = 0; i < 5; i++) expect(await guess()).toBe(401);
  await page.clock.pauseAt(Date.now() + 60_000);
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  const password = page.getByLabel('Password', { exact: true });
  expect(await guess()).toBe(429);
  await expect(page.getByRole('alert').filter({ hasText: 'Please wait 15 seconds' })).toBeVisible();
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toContainText('0:15');
  await page.clock.runFor(5_000);
  await expect(button).toContainText('0:10');
  let sent = false;
  page.on('request', (request) => (sent ||= request.method() === 'POST'));
  await password.press('Enter');
  await page.clock.runFor(10_000);
  expect(sent).toBe(false);
  await expect(page.getByRole('status').filter({ hasText: 'You can try again now.' })).toBeVisible();
  await expect(page.getByText('Please wait 15 seconds')).toHaveCount(0);
  await expect(button).not.toHaveAttribute('aria-disabled');
  await expect(password).toHaveValue(who.password);
  expect([401, 429]).toContain(await guess()); // this browser's clock was ahead of the shop's
});

test('a link that asks to go elsewhere after signing in stays in the shop', { tag: '@once' }, async ({ page }) => {
  const who = newcomer();
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    await page.goto(`/signup?next=${encodeURIComponent(next)}`);
    await signUp(page, who);
    await expect(page).toHaveURL('/');
  }
});

test('somebody changes the password, takes the data along, and deletes the account', { tag: '@once' }, async ({
  page,
  expectAnswers,
}) => {
  expectAnswers(400, 401);
  const who = newcomer();
  await page.goto('/signup?next=%2Faccount');
  await signUp(page, who);
  await page.getByLabel('Current password', { exact: true }).fill('not my password');
  await page.getByLabel('New password', { exact: true }).fill('a better password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('The password does not fit.')).toBeVisible();
  await page.getByLabel('Current password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed.')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const file = JSON.parse(await readFile(await (await download).path(), 'utf8'));
  expect(file).toMatchObject({ account: { email: who.email }, orders: [] });

  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByLabel('Password', { exact: true }).fill('a better password');
  await page.getByRole('button', { name: 'Delete it for good' }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto('/signin');
  await signIn(page, { ...who, password: 'a better password' });
  await expect(page.getByText('E-mail address and password do not fit.')).toBeVisible();
});

test('sale pages load nothing of next-auth', { tag: '@once' }, async ({ page, merchant }) => {
  const { path } = await merchant.sale();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const scripts: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.text().catch(() => ''));
  });
  await page.goto(path);
  await expect(buyButton(page)).toBeVisible();
  expect(asked.filter((one) => one.startsWith('/api/auth') || one.startsWith('/api/account'))).toEqual([]);
  expect(scripts.length).toBeGreaterThan(2);
  for (const text of await Promise.all(scripts)) expect(text).not.toContain('next-auth');
});
