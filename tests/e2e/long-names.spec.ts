import { expectNoSidewaysScroll } from '#tests/e2e/accessible.ts';
import { signIn, staff } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buyButton, hold, payButton } from '#tests/e2e/steps.ts';

/** As long as a name may be, with no place to break at. */
const LONG = 'W'.repeat(200);

test('names of 200 letters without a space never make a page scroll sideways, nor cover what is to be clicked', async ({
  page,
  shopper,
  merchant,
}) => {
  const { saleId, path, products } = await merchant.sale({
    name: LONG,
    products: [{ name: LONG }, { name: `${LONG.slice(1)}2` }],
  });
  const product = products[0]!.path;
  await page.goto(path);
  await expect(page.getByRole('heading', { name: LONG }).first()).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.goto('/');
  await expect(page.getByText(LONG).first()).toBeVisible();
  await expectNoSidewaysScroll(page);

  await addToCart(page, product);
  await expectNoSidewaysScroll(page);
  await page.goto('/cart');
  await expect(page.getByRole('region', { name: LONG })).toBeVisible();
  await expectNoSidewaysScroll(page);

  const order = await hold(page, product); // by the button itself, which nothing may cover
  await expectNoSidewaysScroll(page);
  await page.goto(path);
  await expect(buyButton(page).first()).toBeVisible();
  await expect(page.getByRole('link', { name: /^Held for you/ })).toBeVisible();
  await expectNoSidewaysScroll(page);

  const merchants = await shopper();
  await merchants.goto('/signin?next=%2Fadmin');
  await signIn(merchants, await staff('admin'));
  await merchants.getByLabel('Sale', { exact: true }).selectOption(saleId);
  await expect(merchants.getByRole('timer', { name: 'Time left' })).toBeVisible();
  await expectNoSidewaysScroll(merchants);

  await page.goto(order);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  for (const [address, role] of [
    [`${order}/receipt`, 'article'],
    ['/orders', 'listitem'],
  ] as const) {
    await page.goto(address);
    await expect(
      page
        .getByRole(role)
        .filter({ hasText: LONG.slice(1) })
        .first(),
    ).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
});
