import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buyButton, payButton } from '#tests/e2e/steps.ts';

/** What a page asks to know prices; a page whose questions wait keeps the prices that it shows. */
const PRICES = /\/api\/(sales|cart)\b/;

test('a price that changed in mid-cart is asked about, and bought only when the shopper agrees', {
  tag: '@once',
}, async ({ page, merchant, expectAnswers, watch }) => {
  expectAnswers(409);
  watch.allowed.add('net::ERR_FAILED');
  const { name, products } = await merchant.sale({
    products: [
      { name: 'Mug', price: 1900 },
      { name: 'Pen', price: 500 },
    ],
  });
  for (const { path } of products) await addToCart(page, path);
  await page.goto('/cart');
  const cart = page.getByRole('region', { name });
  await expect(cart.getByText('€24.00')).toBeVisible();
  await page.route(PRICES, (route) => route.abort());
  await merchant.reprice(products[0]!.productId, 2100);
  const sent = page.waitForRequest('**/api/checkout');
  await cart.getByRole('button', { name: /^Check out/ }).click();
  expect((await sent).postDataJSON()).toMatchObject({ expectedTotal: 2400 });
  await expect(cart.getByText('it was €24.00 when you saw it, and it is €26.00 now. Nothing is held')).toBeVisible();
  await page.unroute(PRICES);
  await cart.getByRole('button', { name: 'Buy at the new price' }).click();
  await payButton(page).filter({ hasText: '€26.00' }).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
});

test('buying at once sends the price on the page, and a changed one is refused calmly', { tag: '@once' }, async ({
  page,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(409);
  const { products } = await merchant.sale({ products: [{ price: 1900, units: 3 }] });
  await page.goto(products[0]!.path);
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
  await merchant.reprice(products[0]!.productId, 1700); // nothing of the stock has changed: the page is not told
  const sent = page.waitForRequest('**/api/checkout');
  await buyButton(page).click();
  expect((await sent).postDataJSON()).toMatchObject({ expectedTotal: 1900 });
  await expect(page.getByText('it was €19.00 when you saw it, and it is €17.00 now.')).toBeVisible();
  await expect(page.getByText('€17.00', { exact: true })).toBeVisible(); // the page has asked again
  await page.getByRole('button', { name: 'Buy at the new price' }).click();
  await expect(payButton(page).filter({ hasText: '€17.00' })).toBeVisible();
});
