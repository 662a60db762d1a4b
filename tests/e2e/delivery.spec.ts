import type { Page } from '@playwright/test';
import { expectAccessible } from '#tests/e2e/accessible.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold, payButton } from '#tests/e2e/steps.ts';

const HOME = { Name: 'Ada Kelp', 'E-mail': 'ada@example.org', 'Street and number': '7 Harbour Row', City: 'Staithes' };

async function fill(page: Page): Promise<void> {
  for (const [label, value] of Object.entries(HOME)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel('Postal code').fill('TS13 5BH');
  await page.getByLabel('Country').selectOption('GB');
}

test('a shopper gets ready before the sale, buys, and has a receipt that opens without the cookie', {
  tag: '@once',
}, async ({ page, shopper, merchant }) => {
  const { saleId, path, products } = await merchant.sale({
    name: 'Tide tables',
    taxBasisPoints: 1900,
    ships: true,
    opensAt: new Date(Date.now() + 3_600_000),
    products: [{ name: 'Brass Pen', price: 6400, units: 3, art: 'brass-pen' }],
  });
  await page.goto(path);
  await expect(page.getByText('What you buy is sent to you.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Get ready' })).toBeVisible();
  await page.getByRole('button', { name: 'Add delivery details' }).click();
  await fill(page);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'You are ready' })).toBeVisible();
  await page.reload();
  await expect(page.getByText('7 Harbour Row')).toBeVisible();
  await expectAccessible(page);

  await merchant.change(saleId, { opensAt: null });
  await hold(page, products[0]!.path);
  await expect(page.getByText('Includes €10.22 tax (19%)')).toBeVisible();
  await expect(page.getByText('It is sent to you: where to, you say after paying')).toBeVisible();
  await expect(page.getByRole('main').getByRole('textbox')).toHaveCount(0); // a hold asks for nothing
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  const goesTo = page.getByRole('region', { name: 'It goes to' });
  await expect(goesTo).toContainText('Ada Kelp7 Harbour RowTS13 5BH StaithesUnited Kingdomada@example.org');
  await goesTo.getByRole('button', { name: 'Change' }).click();
  await goesTo.getByLabel('City').fill('Whitby');
  await goesTo.getByRole('button', { name: 'Save' }).click();
  await expect(goesTo).toContainText('TS13 5BH Whitby');
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Receipt', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy receipt link' }).click();
  await expect(page.getByText('Copied. Whoever has the link can read the receipt.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const friend = await shopper();
  const asked: string[] = [];
  friend.on('request', (request) => asked.push(request.url()));
  const response = await friend.goto(link);
  expect(response?.headers()).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'private, no-store' });
  const sheet = friend.getByRole('article');
  await expect(sheet).toContainText('No. 1');
  await expect(sheet).toContainText('€64.00');
  await expect(sheet).toContainText('Tax included (19%)€10.22');
  await expect(sheet).toContainText('TS13 5BH Whitby');
  const secret = link.slice(link.indexOf('#') + 1);
  expect(asked.filter((url) => url.includes(secret) && !url.includes(`#${secret}`))).toEqual([]); // no server's log has it
  expect((await friend.context().cookies()).length).toBe(0);
});

test('a receipt without its secret is nobody’s, and a wrong one no better', { tag: '@once' }, async ({
  page,
  shopper,
  merchant,
  expectAnswers,
}) => {
  expectAnswers(404);
  const { products } = await merchant.sale();
  const url = await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await page.goto(`${url}/receipt`);
  await expect(page.getByRole('article')).toContainText('No tax included');
  await expect(page.getByRole('article')).toContainText('This sale does not ship.');
  const stranger = await shopper();
  for (const end of ['', '#', `#${'A'.repeat(43)}`, '#<script>']) {
    await stranger.goto('about:blank');
    await stranger.goto(`${url}/receipt${end}`);
    await expect(stranger.getByText('There is no such receipt, or its link is not complete.')).toBeVisible();
  }
});

test('on paper a receipt is the receipt alone, on A4 and on Letter', { tag: '@once' }, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ products: [{ price: 1900 }] });
  const url = await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await page.goto(`${url}/receipt`);
  await expect(page.getByRole('article')).toBeVisible();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('link')).toHaveCount(0);
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.locator('body')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  for (const format of ['A4', 'Letter'] as const) {
    const pdf = await page.pdf({ format, path: test.info().outputPath(`receipt-${format}.pdf`) });
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  }
});

test('what is missing or wrong is said at its field, by keyboard too, and after paying the shop asks', {
  tag: '@once',
}, async ({ page, merchant }) => {
  const { products } = await merchant.sale({ ships: true });
  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: 'Where should it go?' })).toBeVisible();
  const save = page.getByRole('button', { name: 'Save' });
  await save.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Whose name should stand on the parcel?')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await expect(page.getByLabel('Country')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  await fill(page);
  await expect(page.getByText('Whose name should stand on the parcel?')).toHaveCount(0);
  await page.getByLabel('E-mail').fill('ada@');
  await page.getByLabel('E-mail').press('Enter');
  await expect(page.getByLabel('E-mail')).toBeFocused();
  await expect(page.getByText('This does not look right.')).toBeVisible();
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByLabel('E-mail').press('Enter');
  await expect(page.getByRole('heading', { name: 'It goes to' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('region', { name: 'It goes to' })).toContainText('7 Harbour Row');
});

test('a form that is being filled in stays when its sale opens', { tag: '@once' }, async ({ page, merchant }) => {
  const { saleId, path } = await merchant.sale({ ships: true, opensAt: new Date(Date.now() + 3_600_000) });
  await page.goto(path);
  await page.getByRole('button', { name: 'Add delivery details' }).click();
  await fill(page);
  await merchant.change(saleId, { opensAt: null });
  await expect(page.getByRole('button', { name: /^Buy now/ })).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada Kelp');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveCount(0);
});

test('the focus goes into a form that a button opens, and comes back when it closes', { tag: '@once' }, async ({
  page,
  merchant,
}) => {
  const { saleId, path, products } = await merchant.sale({ ships: true, opensAt: new Date(Date.now() + 3_600_000) });
  await page.goto(path);
  const name = page.getByLabel('Name', { exact: true });
  const add = page.getByRole('button', { name: 'Add delivery details' });
  await add.press('Enter');
  await expect(name).toBeFocused();
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(add).toBeFocused();
  await add.press('Enter');
  await fill(page);
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  const change = page.getByRole('button', { name: 'Change' });
  await expect(change).toBeFocused();
  await expect(page.getByRole('status').filter({ hasText: 'Saved. You are ready.' })).toBeAttached();
  await change.press('Enter');
  await expect(name).toBeFocused();
  await merchant.change(saleId, { opensAt: null });
  await expect(page.getByRole('button', { name: /^Buy now/ })).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(change, 'also when the sale has opened meanwhile').toBeFocused();

  await hold(page, products[0]!.path);
  await payButton(page).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await change.press('Enter');
  await expect(name).toBeFocused();
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(change).toBeFocused();
  await change.press('Enter');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(change).toBeFocused();
});
