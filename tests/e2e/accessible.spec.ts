import { expectAccessible } from '#tests/e2e/accessible.ts';
import { newcomer, signIn, signUp } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, hold, onlySales, payButton } from '#tests/e2e/steps.ts';

test('the pages of a purchase are accessible', async ({ page, merchant }) => {
  const sale = await merchant.sale({
    ships: true,
    taxBasisPoints: 1900,
    products: [
      { name: 'Mug', units: 2 },
      { name: 'Pen', units: 0 },
    ],
  });
  const coming = await merchant.sale({ opensAt: new Date(Date.now() + 3_600_000) });
  const { path, products } = sale;
  await onlySales(page, sale, coming);
  await page.goto('/');
  await expectAccessible(page);
  await page.goto(path);
  await expectAccessible(page);
  await addToCart(page, products[0]!.path);
  await expectAccessible(page);
  await page.goto('/cart');
  await expect(page.getByRole('button', { name: /^Check out/ })).toBeVisible();
  await expectAccessible(page);
  await hold(page, products[0]!.path);
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: 'Where should it go?' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Receipt', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  await expectAccessible(page);
});

test('a sale that is coming or paused is accessible', { tag: '@once' }, async ({ page, merchant }) => {
  const coming = await merchant.sale({ opensAt: new Date(Date.now() + 3_600_000) });
  const paused = await merchant.sale();
  await merchant.change(paused.saleId, { paused: true });
  for (const path of [coming.path, paused.path, coming.products[0]!.path]) {
    await page.goto(path);
    await expectAccessible(page);
  }
});

test('an empty cart, a wait for the last unit, a refused payment and the orders are accessible', {
  tag: '@once',
}, async ({ page, shopper, merchant, expectAnswers }) => {
  expectAnswers(404);
  const { products } = await merchant.sale({ products: [{ units: 1 }] });
  for (const path of ['/cart', '/orders', '/nothing-here']) {
    await page.goto(path);
    await expectAccessible(page);
  }
  await page.goto(products[0]!.path);
  await expectAccessible(page);
  await hold(page, products[0]!.path);
  const other = await shopper();
  await other.goto(products[0]!.path);
  await expect(other.getByText('keep this page open').first()).toBeVisible();
  await expectAccessible(other);
  await page.getByRole('button', { name: 'Refuse payment' }).click();
  await expect(page.getByRole('heading', { name: 'The payment was refused' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/orders');
  await expect(page.getByRole('listitem').getByRole('link')).toBeVisible();
  await expectAccessible(page);
});

test('signing in and up and the account are accessible, also when something is wrong', { tag: '@once' }, async ({
  page,
  expectAnswers,
}) => {
  expectAnswers(400, 401);
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'Nobody is signed in' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/signin');
  await expectAccessible(page);
  await signIn(page, newcomer());
  await expect(page.getByText('E-mail address and password do not fit.')).toBeVisible();
  await expectAccessible(page);
  await page.goto('/signup?next=%2Faccount');
  await signUp(page, { email: 'nobody', password: 'x' });
  await expect(page.getByText('This does not look like an e-mail address.')).toBeVisible();
  await expectAccessible(page);
  await signUp(page, newcomer());
  await expect(page.getByRole('button', { name: 'Delete my account' })).toBeVisible();
  await expectAccessible(page);
});
