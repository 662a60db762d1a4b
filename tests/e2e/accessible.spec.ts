import { expectAccessible } from '#tests/e2e/accessible.ts';
import { newcomer, signIn, signUp, staff } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, hold, payButton } from '#tests/e2e/steps.ts';

test('the shelf is accessible in every state of a sale', async ({ page, merchant }) => {
  const open = await merchant.sale({ products: [{ name: 'Mug' }, { name: 'Pen', units: 0 }] });
  const coming = await merchant.sale({ opensAt: new Date(Date.now() + 3_600_000) });
  const paused = await merchant.sale();
  await merchant.change(paused.saleId, { paused: true });
  for (const path of ['/', open.path, coming.path, paused.path, open.products[0]!.path, coming.products[0]!.path]) {
    await page.goto(path);
    await expectAccessible(page);
  }
});

test('the cart is accessible, empty and full', async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  await page.goto('/cart');
  await expectAccessible(page);
  await addToCart(page, products[0]!.path);
  await expectAccessible(page);
  await page.goto('/cart');
  await expect(page.getByRole('button', { name: /^Check out/ })).toBeVisible();
  await expectAccessible(page);
});

test('a hold, its end and the orders are accessible', async ({ page, shopper, merchant, expectAnswers }) => {
  expectAnswers(404);
  const { products } = await merchant.sale({ products: [{ units: 2 }] });
  await page.goto('/orders');
  await expectAccessible(page);
  await hold(page, products[0]!.path);
  await expectAccessible(page);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
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
  await expectAccessible(page);
  await page.goto('/nothing-here');
  await expectAccessible(page);
});

test('signing in and up and the account are accessible, also when something is wrong', async ({
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
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await expectAccessible(page);
});

test('the back room is accessible', async ({ page, shopper, merchant }) => {
  const sale = await merchant.sale();
  await hold(await shopper(), sale.products[0]!.path);
  await page.goto('/signin?next=%2Fadmin');
  await signIn(page, await staff('admin'));
  await page.getByLabel('Sale', { exact: true }).selectOption(sale.saleId);
  await expect(page.getByRole('timer', { name: 'Time left' })).toBeVisible();
  await expectAccessible(page);
});
