import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { until } from '#tests/support/until.ts';
import { freshSale, world } from '#tests/support/world.ts';

const HOME = { name: 'Ada', email: 'a@shop.example', street: '7 Row', postalCode: '', city: 'Staithes', country: 'GB' };

/** Somebody with a cart and delivery details. */
async function somebody(shop: HoldfastProcess, customer: string) {
  const { cartId } = await shop.carts.create(customer);
  await shop.deliveries.save(customer, HOME);
  return { customer, cartId };
}

/** As if nothing of theirs had been changed for so long. */
async function age(
  { models }: HoldfastProcess,
  { customer, cartId }: Awaited<ReturnType<typeof somebody>>,
  seconds: number,
) {
  const updatedAt = new Date(Date.now() - seconds * 1_000);
  await models.carts.collection.updateOne({ _id: cartId as never }, { $set: { updatedAt } });
  await models.deliveryDetails.collection.updateOne({ _id: customer as never }, { $set: { updatedAt } });
}

/** What is there of each: a cart, delivery details. */
const leftOf = ({ carts, deliveries }: HoldfastProcess, people: { customer: string; cartId: string }[]) =>
  Promise.all(
    people.map(async ({ customer, cartId }) => [
      (await carts.find(cartId, [customer])) !== undefined,
      (await deliveries.find([customer])) !== undefined,
    ]),
  );

test('what a guest leaves is forgotten when nobody can come back to it any more; what is or has become an account’s stays', {
  timeout: 200_000,
}, async () => {
  const shop = await world();
  const admin = shop.mongo.db!.admin();
  const { was } = await admin.command({ setParameter: 1, ttlMonitorSleepSecs: 1 }); // MongoDB looks once a minute
  onTestFinished(() => void admin.command({ setParameter: 1, ttlMonitorSleepSecs: was }).catch(() => {}));
  const guest = () => `guest-${randomUUID()}`;
  const email = `${randomUUID()}@shop.example`;
  await shop.accounts.signUp({ email, password: 'correct horse battery' });
  const { _id } = (await shop.accounts.users.byEmail(email))!;
  const [gone, back, account, adopted] = [
    await somebody(shop, guest()),
    await somebody(shop, guest()),
    await somebody(shop, _id),
    await somebody(shop, guest()),
  ];
  expect(await shop.accounts.adopt(_id, adopted.customer)).toBe('adopted');
  const { productIds } = await freshSale(shop);
  const put = async (cartId: string, customers: string[]) =>
    expect((await shop.carts.add(cartId, customers, productIds[0]!, 1)).status).toBe('changed');
  for (const one of [gone, account, adopted]) await age(shop, one, LIMITS.guestCookieSeconds * 2);
  await age(shop, back, LIMITS.guestCookieSeconds); // their cookie may have been made a moment ago

  await until(async () => !(await leftOf(shop, [gone]))[0]!.includes(true), {
    what: 'the guest is forgotten',
    timeoutMs: 150_000,
  });
  const people = [back, account, adopted];
  expect(await leftOf(shop, people)).toEqual(people.map(() => [true, true]));

  await put(adopted.cartId, [_id, adopted.customer]);
  await put(back.cartId, [back.customer]);
  const { updatedAt } = (await shop.models.carts.findById(back.cartId).lean())!;
  expect(Date.now() - updatedAt.getTime(), 'a change begins the time anew').toBeLessThan(60_000);
});

test('of many changes of a guest’s cart at once none is lost', async () => {
  const shop = await world();
  const customer = `guest-${randomUUID()}`;
  const { cartId } = await shop.carts.create(customer);
  const { productIds } = await freshSale(shop, { units: [1, 1, 1] });
  for (const productId of productIds) await shop.carts.add(cartId, [customer], productId, 1);
  const changes = Array.from({ length: 90 }, (_, i) => shop.carts.add(cartId, [customer], productIds[i % 3]!, 1));
  for (const { status } of await Promise.all(changes)) expect(status).toBe('changed');
  const { items } = (await shop.carts.find(cartId, [customer]))!;
  expect(items.map(({ quantity }) => quantity)).toEqual([31, 31, 31]);
});
