import { expectAccessible } from '#tests/e2e/accessible.ts';
import { newcomer, signIn, signUp } from '#tests/e2e/people.ts';
import { expect, test } from '#tests/e2e/shop.ts';
import { hold, holdUnit, onlySales, payButton } from '#tests/e2e/steps.ts';

test('an admin signs in to the back room, sees who holds what, and locks it again', async ({
  page,
  request,
  merchant,
  staff,
  expectAnswers,
}) => {
  expectAnswers(401); // the page may be asking for the stock while its session ends
  const sale = await merchant.sale({ name: `Seen ${Date.now()}`, products: [{ name: 'Glass Vase', units: 3 }] });
  await holdUnit(request, sale.products[0]!.path);
  await onlySales(page, sale);

  await page.goto('/admin');
  await expect(page).toHaveURL('/signin?next=%2Fadmin');
  await signIn(page, await staff('admin'));
  await expect(page).toHaveURL('/admin');

  await page.getByLabel('Sale', { exact: true }).selectOption(sale.saleId);
  await expect(page.locator(`tr[data-product="${sale.products[0]!.productId}"] td`)).toHaveText(['2', '1', '0', '3']);
  await expect(page.getByRole('cell', { name: 'Glass Vase No. 1' })).toBeVisible();
  await expect(page.getByRole('timer', { name: 'Time left' })).toHaveText(/^0:\d\d/);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/admin');
  await expect(page).toHaveURL('/signin?next=%2Fadmin');
});

test('a viewer looks, and reads that looking is all; a customer finds no back room', { tag: '@once' }, async ({
  page,
  staff,
  expectAnswers,
}) => {
  expectAnswers(404);
  const viewer = await staff('viewer');
  await page.goto('/signin?next=%2Fadmin');
  await signIn(page, viewer);
  await expect(page.getByText(`${viewer.email} may look`)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/signup?next=%2Fadmin');
  await signUp(page, newcomer());
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
});

test('the session cookie is out of reach of scripts', { tag: '@once' }, async ({ page, context }) => {
  await page.goto('/signup?next=%2Faccount');
  await signUp(page, newcomer());
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const cookie = (await context.cookies()).find(({ name }) => name.includes('session'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

/** As if the bank had let go of a paid order's money before the shop could take it, and a worker had raised the alarm. */
async function letGo(orderId: string): Promise<void> {
  const { createConnection } = await import('mongoose');
  const mongo = await createConnection(process.env.MONGODB_URI ?? '').asPromise();
  const one = { _id: orderId as never };
  await mongo
    .collection('orders')
    .updateOne(one, { $set: { captured: false, captureFailed: true, captureAttempts: 2 } });
  await mongo
    .collection('sandbox_payments')
    .updateOne({ orderId }, { $set: { status: 'voided' }, $pull: { entries: { kind: 'captured' } as never } });
  await mongo.collection('alarms').insertOne({
    _id: `captureFailed:${orderId}` as never,
    kind: 'captureFailed',
    subject: orderId,
    detail: 'let go of by the bank',
    open: true,
    raisedAt: new Date(),
  });
  await mongo.close();
}

test('money that cannot be taken: an admin sees of which order and how much, and decides what becomes of it', {
  tag: '@once',
}, async ({ page, shopper, merchant, staff }) => {
  const sale = await merchant.sale({ products: [{ price: 1900, units: 3 }] });
  const buyer = await shopper();
  const orders: string[] = [];
  for (let i = 0; i < 2; i++) {
    orders.push(new URL(await hold(buyer, sale.products[0]!.path)).pathname.split('/')[2]!);
    await payButton(buyer).click();
    await expect(buyer.getByRole('heading', { name: "It's yours" })).toBeVisible();
    await letGo(orders[i]!);
  }
  await onlySales(page, sale);
  await page.goto('/signin?next=%2Fadmin');
  await signIn(page, await staff('admin'));
  const alarms = page.getByRole('region', { name: 'Needs a human' });
  const [first, second] = orders.map((id) => page.locator(`[data-alarm="captureFailed:${id}"]`));
  for (const text of ['can never be captured', 'let go of by the bank', '€19.00', `pay-${orders[0]}`, 'Tries3'])
    await expect(first!).toContainText(text);
  await expectAccessible(page);
  await first!.getByRole('link', { name: orders[0]! }).click();
  await expect(page.getByRole('heading', { name: "It's yours" })).toBeVisible();
  await page.goBack();

  await first!.getByRole('button', { name: 'Try to capture again' }).click();
  await expect(alarms.getByText('It still cannot be captured.')).toBeVisible();
  await first!.getByRole('button', { name: 'Settled by hand' }).click();
  await expect(first!.getByText('Say in a word how it was dealt with.')).toBeVisible();
  await first!.getByLabel('How it was dealt with').fill('paid by bank transfer');
  await first!.getByRole('button', { name: 'Settled by hand' }).click();
  await expect(alarms.getByText('Noted. Nobody tries to take this money any more.')).toBeVisible();
  await expect(first!).toHaveCount(0);

  await second!.getByLabel('How it was dealt with').fill('did not answer');
  await second!.getByRole('button', { name: 'Give the money back' }).click();
  await expect(alarms.getByText('The money was given back. The order stays paid.')).toBeVisible();
  await expect(second!).toHaveCount(0);
  await buyer.reload();
  await expect(buyer.getByText('The shop has given you the money of this order back.')).toBeVisible();
  await expectAccessible(buyer);
  await buyer.goto(sale.products[0]!.path);
  await expect(buyer.getByText('The last one')).toBeVisible(); // what was sold stays sold
});
