import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { COUNTRIES } from '#lib/countries.ts';
import { checkout } from '#lib/orders/index.ts';
import { type PaymentEvent, receive, redo } from '#lib/payments/index.ts';
import { checkoutRequest, freshSale, world } from '#tests/support/world.ts';

const HOME = {
  name: 'Ada',
  email: 'ada@example.org',
  street: '7 Row',
  postalCode: '',
  city: 'Staithes',
  country: 'GB',
};

test('a crash between PAID and the details is made good by any worker, once', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { ships: true });
  const customer = `guest-${randomUUID()}`;
  await shop.deliveries.save(customer, HOME);
  const outcome = await checkout(shop, checkoutRequest(sale, { customer }));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  const { orderId, total: amount, currency } = outcome.order;
  const paymentId = `pay-${orderId}`;
  const event: PaymentEvent = {
    eventId: `e-${orderId}`,
    type: 'payment.authorized',
    paymentId,
    orderId,
    amount,
    currency,
  };
  const crashing = {
    ...shop,
    afterPaid: async () => {
      throw new Error('crash');
    },
  };
  await receive(crashing, event);
  expect(await shop.orders.find(orderId)).toMatchObject({ status: 'PAID', captured: false, delivery: null });
  await shop.models.orders.updateOne({ _id: orderId }, { $set: { captureAt: new Date(0) } }); // its next try is due
  expect((await redo(shop)).errors).toEqual([]);
  expect(await shop.orders.find(orderId)).toMatchObject({ captured: true, delivery: HOME });
  await shop.deliveries.save(customer, { ...HOME, city: 'Whitby' });
  await redo(shop);
  await shop.deliveries.copyTo(orderId, [customer]);
  expect(await shop.orders.find(orderId)).toMatchObject({ delivery: HOME });
});

test('details are given to PAID orders alone', async () => {
  const shop = await world();
  const outcome = await checkout(shop, checkoutRequest(await freshSale(shop, { ships: true })));
  if (outcome.status !== 'reserved') throw new Error(outcome.status);
  const { orderId } = outcome.order;
  expect(await shop.deliveries.give(orderId, HOME, Date.now())).toEqual({ status: 'notPaid' });
  expect(await shop.deliveries.give(randomUUID(), HOME, Date.now())).toEqual({ status: 'notPaid' });
  await shop.orders.pay(orderId, `pay-${orderId}`, Date.now());
  expect(await shop.deliveries.give(orderId, HOME, Date.now())).toEqual({ status: 'given', delivery: HOME });
});

test('every country has a name, and each stands once', () => {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(COUNTRIES.filter((code) => !names.of(code))).toEqual([]);
  expect([COUNTRIES.length, new Set(COUNTRIES).size]).toEqual([249, 249]); // as many as ISO 3166-1 assigns
});
