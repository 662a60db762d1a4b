import { expect, test } from 'vitest';
import type {
  ExportAnswer,
  OrderAnswer,
  OrderDeliveryAnswer,
  OrdersAnswer,
  ReceiptAnswer,
  SavedDeliveryAnswer,
} from '#lib/contract.ts';
import { expectProblem, openShop } from '#tests/api/shop.ts';
import { signIn, signUp, somebody } from '#tests/support/accounts.ts';
import type { Shopper } from '#tests/support/http.ts';

const shop = openShop({ env: { LOG_LEVEL: 'trace' } });

const HOME = {
  name: 'Ada Kelp',
  email: 'ada@example.org',
  street: '7 Harbour Row',
  postalCode: 'AB1 2CD',
  city: 'Staithes',
  country: 'GB',
};
const WORK = { ...HOME, street: 'Hafenstraße 12', postalCode: '20457', city: 'Hamburg', country: 'DE' };
const TWO_HOURS_MS = 2 * 60 * 60_000;

const save = (shopper: Shopper, body: object) => shopper.call<SavedDeliveryAnswer>('PUT', '/api/delivery', { body });
const saved = async (shopper: Shopper) =>
  (await shopper.call<SavedDeliveryAnswer>('GET', '/api/delivery')).body.delivery;
const give = (shopper: Shopper, orderId: string, body: object) =>
  shopper.call<OrderDeliveryAnswer>('PUT', `/api/orders/${orderId}/delivery`, { body });
const look = async (shopper: Shopper, orderId: string) =>
  (await shopper.call<OrderAnswer>('GET', `/api/orders/${orderId}`)).body;

async function hold(ships = true, shopper = shop.client.shopper()) {
  const { saleId, productIds } = await shop.client.sale({ ships });
  const { body } = await shopper.buyNow([{ productId: productIds[0]!, quantity: 1 }]);
  return { saleId, shopper, orderId: body.orderId };
}

async function paid(ships = true, shopper?: Shopper) {
  const held = await hold(ships, shopper);
  expect((await held.shopper.pay(held.orderId)).status).toBe(200);
  return held;
}

test('a sale says whether it ships, and its merchant can change that', async () => {
  const { saleId } = await shop.client.sale({ ships: true });
  expect(await shop.client.look(saleId)).toMatchObject({ ships: true });
  expect(await shop.client.admin('PATCH', `/api/sales/${saleId}`, { ships: false })).toMatchObject({
    status: 200,
    body: { ships: false },
  });
});

test('a shopper gets ready before a sale, and every order that is paid afterwards has the details', async () => {
  const shopper = shop.client.shopper();
  expect(await saved(shopper)).toBeNull();
  expect(await save(shopper, { ...HOME, name: '  Ada Kelp ' })).toMatchObject({
    status: 200,
    body: { delivery: HOME },
  });
  expect(await saved(shopper)).toEqual(HOME);
  const { orderId } = await paid(true, shopper);
  const order = await look(shopper, orderId);
  expect(order).toMatchObject({ ships: true });
  expect(order.delivery).toEqual({
    ...HOME,
    changeableUntil: new Date(Date.parse(order.paidAt!) + TWO_HOURS_MS).toISOString(),
  });
  await save(shopper, WORK);
  expect((await look(shopper, orderId)).delivery).toMatchObject(HOME); // what was paid goes where it was said to go
  const later = await paid(true, shopper);
  expect((await look(shopper, later.orderId)).delivery).toMatchObject(WORK);
  const { orders } = (await shopper.call<OrdersAnswer>('GET', '/api/orders')).body;
  expect(orders.map(({ delivery }) => delivery?.city)).toEqual([WORK.city, HOME.city]);
});

test('while an order is on hold nothing is asked and nothing is kept with it', async () => {
  const shopper = shop.client.shopper();
  await save(shopper, HOME);
  const { orderId } = await hold(true, shopper);
  expect(await look(shopper, orderId)).toMatchObject({ status: 'RESERVED', ships: true, delivery: null });
  expectProblem(await give(shopper, orderId, HOME), 409, 'NOT_PAID', { orderId });
  await shopper.call('POST', `/api/orders/${orderId}/cancel`);
  expectProblem(await give(shopper, orderId, HOME), 409, 'ORDER_CANCELLED', { orderId });
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).not.toHaveProperty('delivery');
});

test('who was not ready says it after paying, and the receipt says where it goes', async () => {
  const { shopper, orderId } = await paid();
  expect(await look(shopper, orderId)).toMatchObject({ ships: true, delivery: null });
  for (let i = 0; i < 2; i++)
    expect(await give(shopper, orderId, HOME)).toMatchObject({ status: 200, body: { orderId, delivery: HOME } });
  expect((await look(shopper, orderId)).delivery).toMatchObject(HOME);
  const { body: receipt } = await shopper.call<ReceiptAnswer>('GET', `/api/orders/${orderId}/receipt`);
  expect(receipt.delivery).toEqual(HOME);
  expect(await saved(shopper)).toBeNull();
});

test('the merchant sees where a paid order goes, and nobody else does', async () => {
  const { shopper, orderId } = await paid();
  await give(shopper, orderId, HOME);
  await save(shopper, WORK);
  expect(await shop.client.admin('GET', `/api/orders/${orderId}`)).toMatchObject({ body: { delivery: HOME } });
  const other = shop.client.shopper();
  await other.call('POST', '/api/cart');
  expectProblem(await give(other, orderId, WORK), 404, 'NOT_FOUND');
  expectProblem(await give(shop.client.shopper(), orderId, WORK), 404, 'NOT_FOUND');
  expect(await saved(other)).toBeNull();
  expect(await saved(shop.client.shopper())).toBeNull();
  expect((await look(shopper, orderId)).delivery).toMatchObject(HOME);
});

test('details can be changed for two hours after paying; the first ones may come at any time', async () => {
  const [early, late] = [await paid(), await paid()];
  const longAgo = { $set: { paidAt: new Date(Date.now() - TWO_HOURS_MS) } };
  const orders = shop.mongo.collection('orders');
  await give(early.shopper, early.orderId, HOME);
  expect(await give(early.shopper, early.orderId, WORK)).toMatchObject({ status: 200, body: { delivery: WORK } });
  for (const { orderId } of [early, late]) await orders.updateOne({ _id: orderId as never }, longAgo);
  expectProblem(await give(early.shopper, early.orderId, HOME), 409, 'DELIVERY_FIXED', { orderId: early.orderId });
  expect((await look(early.shopper, early.orderId)).delivery).toMatchObject(WORK);
  expect(await give(late.shopper, late.orderId, HOME)).toMatchObject({ status: 200 });
  expectProblem(await give(late.shopper, late.orderId, WORK), 409, 'DELIVERY_FIXED', { orderId: late.orderId });
});

test('an order of a sale that does not ship has nothing to deliver, though its customer was ready', async () => {
  const shopper = shop.client.shopper();
  await save(shopper, HOME);
  const { orderId } = await paid(false, shopper);
  expect(await look(shopper, orderId)).toMatchObject({ ships: false, delivery: null });
  expectProblem(await give(shopper, orderId, HOME), 409, 'NOTHING_TO_DELIVER', { orderId });
});

test('what is wrong with details is named by its field, and nothing is saved', async () => {
  const shopper = shop.client.shopper();
  await save(shopper, HOME);
  const wrong: [string, unknown][] = [
    ['name', ''],
    ['name', 'a\nb'],
    ['email', 'ada'],
    ['street', 's'.repeat(121)],
    ['postalCode', '1'.repeat(17)],
    ['city', '\u202eevil'],
    ['country', 'Germany'],
    ['country', 'de'],
  ];
  for (const [field, value] of wrong)
    expectProblem(await save(shopper, { ...WORK, [field]: value }), 400, 'INVALID_REQUEST', { field });
  expect(await saved(shopper)).toEqual(HOME);
  expect(await save(shopper, { ...WORK, postalCode: '', name: 'نورا \u200cعلی', city: "L'Île-d'Yeu" })).toMatchObject({
    status: 200,
  });
});

test('a shopper can have their saved details forgotten; orders keep theirs', async () => {
  const shopper = shop.client.shopper();
  await save(shopper, HOME);
  const { orderId } = await paid(true, shopper);
  expect(await shopper.call('DELETE', '/api/delivery')).toMatchObject({ status: 200, body: { delivery: null } });
  expect(await saved(shopper)).toBeNull();
  expect((await look(shopper, orderId)).delivery).toMatchObject(HOME);
});

test('what a guest has saved is the account’s after signing in, goes along in its export, and goes with it', async () => {
  const guest = shop.client.shopper();
  await save(guest, HOME);
  const copied = shop.client.shopper(guest.cookie); // somebody has copied the guest's cookie
  const { orderId: asGuest } = await hold(true, guest);
  const who = somebody();
  await signUp(guest, who);
  await signIn(guest, who);
  expect(await saved(guest)).toEqual(HOME);
  const { orderId } = await paid(true, guest);
  expect((await look(guest, orderId)).delivery).toMatchObject(HOME);
  await save(guest, WORK);
  expect(await saved(guest)).toEqual(WORK);
  expect(await saved(copied)).toBeNull(); // the cookie names nobody any more
  await guest.pay(asGuest);
  expectProblem(await copied.call('GET', `/api/orders/${asGuest}`), 404, 'NOT_FOUND');
  expect((await look(guest, asGuest)).delivery).toMatchObject(HOME);
  const { body: file } = await guest.call<ExportAnswer>('GET', '/api/account/export');
  expect(file.delivery).toEqual(WORK);
  await guest.call('POST', '/api/account/delete', { body: { password: who.password } });
  const ids = file.account.customers;
  expect(await shop.mongo.collection('delivery_details').countDocuments({ _id: { $in: ids as never[] } })).toBe(0);
});

test('no name, street or address of anybody is ever written into a log', () => {
  const log = shop.web.output();
  for (const secret of [HOME.name, HOME.email, HOME.street, WORK.street, HOME.city]) expect(log).not.toContain(secret);
});
