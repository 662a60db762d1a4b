import { expect, test } from '#tests/e2e/shop.ts';
import { addToCart, buyButton, countdown, hold, payButton } from '#tests/e2e/steps.ts';

test('a shopper buys one and reads its number', async ({ page, merchant }) => {
  const { products } = await merchant.sale({
    products: [{ name: 'Brass Pen', art: 'brass-pen', price: 6400, units: 3 }],
  });
  await page.goto(products[0]!.path);
  await expect(page.getByText('3 left')).toBeVisible();
  await expect(page.getByText('Buying holds your units for 1 minute while you pay.')).toBeVisible();
  await buyButton(page).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await expect(page.getByText('No. 1 of 3')).toBeVisible();
  await expect(countdown(page)).toHaveText(/^0:[1-5]\d|^1:00/);
  await payButton(page).filter({ hasText: '€64.00' }).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(page.getByText('No. 1 of 3')).toBeVisible();
  await page.goto(products[0]!.path);
  await expect(page.getByText('2 left')).toBeVisible();
});

test('a shopper refuses the payment, and may try again at once', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ units: 1 }] });
  await hold(page, products[0]!.path);
  await page.getByRole('button', { name: 'Refuse payment' }).click();
  await expect(page.getByRole('heading', { name: 'The payment was refused' })).toBeVisible();
  await expect(page.getByText('Nothing was charged.')).toBeVisible();
  await expect(page.getByText('There is stock right now.')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  await expect(page.getByText('No. 1 of 1')).toBeVisible();
});

test('a shopper puts the unit back with one tap', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ units: 1 }] });
  await hold(page, products[0]!.path);
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(page.getByRole('heading', { name: 'Back on the shelf' })).toBeVisible();
  await page.getByRole('link', { name: 'All my orders' }).click();
  await expect(page.getByText('Ended: Back on the shelf')).toBeVisible();
});

test('a cart with things of two sales is checked out one sale at a time', async ({ page, merchant }) => {
  const noon = await merchant.sale({ name: 'Noon', products: [{ name: 'Mug', price: 1900 }] });
  const press = await merchant.sale({
    name: 'Press',
    products: [{ name: 'Print', price: 8500, art: 'letterpress-print' }],
  });
  await addToCart(page, noon.products[0]!.path);
  await addToCart(page, press.products[0]!.path);
  await page.goto('/cart');
  await expect(page.getByRole('region', { name: 'Noon' }).getByText('This sale does not ship.')).toBeVisible();
  await page.getByRole('region', { name: 'Noon' }).getByRole('button', { name: 'One more' }).click();
  await expect(page.getByRole('region', { name: 'Noon' }).getByText('€38.00').last()).toBeVisible();
  await page.getByRole('button', { name: 'Check out Noon' }).click();
  await expect(page.getByText('No. 1 of 5')).toBeVisible();
  await expect(page.getByText('No. 2 of 5')).toBeVisible();
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Cart/ }), 'what was bought has left the cart').toContainText('1');
  await page.goto('/cart');
  await expect(page.getByRole('region', { name: 'Press' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Noon' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Check out Press' }).click();
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Cart/ }), 'nothing is left in it').toHaveText('Cart');
  await page.goto('/cart');
  await expect(page.getByRole('heading', { name: 'Your cart is empty' })).toBeVisible();
});

test('a checkout waits for the cart that the page shows', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  await addToCart(page, products[0]!.path);
  await page.goto('/cart');
  let asked = 0;
  await page.route('**/api/cart/*', async (route) => {
    if (route.request().method() === 'PATCH') asked += 1;
    if (asked === 1) await page.getByRole('button', { name: 'Holding yours…' }).waitFor(); // the slowest of networks
    await route.continue();
  });
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: 'One more' }).click();
  await page.getByRole('button', { name: /^Check out/ }).click();
  await expect(page.getByText('No. 3 of 5')).toBeVisible();
  expect(asked).toBe(2);
});

test('a double click holds one unit', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ units: 5 }] });
  await page.goto(products[0]!.path);
  await buyButton(page).dblclick();
  await expect(page.getByRole('heading', { name: 'Held for you' })).toBeVisible();
  await page.goto(products[0]!.path);
  await expect(page.getByText('4 left')).toBeVisible();
});

test('a purchase by keyboard alone, as assistive technology meets it', async ({ page, merchant }) => {
  const { products } = await merchant.sale();
  await page.goto(products[0]!.path);
  await expect(buyButton(page)).not.toHaveAttribute('aria-disabled');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - article:
        - img "Enamel Mug"
        - heading "Enamel Mug" [level=1]
        - paragraph: /5 left/
        - img "5 on the shelf, 0 in checkouts, 0 sold"
        - button "Add to cart"
        - button "Buy now"
        - paragraph: /^Buying holds your units for 1 minute/
  `);
  await tabTo(buyButton(page));
  await page.keyboard.press('Enter');
  await expect(payButton(page)).toBeVisible();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - status: Held for you
      - article:
        - heading "Held for you" [level=1]
        - timer "Time left to pay":
          - time: /\\d/
        - list:
          - listitem:
            - paragraph: Enamel Mug €19.00
            - list:
              - listitem: No. 1 of 5
        - paragraph: Total €19.00
        - button "Pay €19.00"
        - button "Refuse payment"
        - button "Put it back"
  `);
  await tabTo(payButton(page));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - status: It's yours
      - article:
        - img "Enamel Mug"
        - heading "It's yours" [level=1]
        - paragraph: This number is yours, and only yours.
        - link "All my orders"
  `);

  async function tabTo(target: ReturnType<typeof buyButton>) {
    for (let presses = 0; presses < 30; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('not reached by the Tab key');
  }
});

test('prices of a currency without cents are shown without them', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ currency: 'JPY', products: [{ price: 1900 }] });
  await page.goto(products[0]!.path);
  await expect(page.getByText('¥1,900')).toBeVisible();
});
