import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout, type Order } from '#lib/orders/index.ts';
import { receive, redo } from '#lib/payments/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { reconcile } from '#lib/reconcile/index.ts';
import { isUnavailable } from '#lib/unavailable.ts';
import { extent } from '#tests/support/extent.ts';
import { type ThreeMongos, threeMongos } from '#tests/support/three-mongos.ts';
import { until } from '#tests/support/until.ts';
import { checkoutRequest, closeWorld, freshSale, world } from '#tests/support/world.ts';

const UNITS = 3_000;
const BUYERS = 8;

let mongos: ThreeMongos;
let shop: HoldfastProcess;

beforeAll(async () => {
  mongos = await threeMongos();
  process.env.MONGODB_URI = mongos.url;
  shop = await world();
}, 120_000);
afterAll(async () => {
  await closeWorld();
  await mongos?.close();
});

/** As a shopper does who is asked to come again, until there is an answer. Anything but "come again" fails the test. */
const again = <T>(ask: () => Promise<T>): Promise<T> =>
  until(
    async () => {
      try {
        return { answer: await ask() };
      } catch (error) {
        if (isUnavailable(error)) return undefined;
        throw Object.assign(new Error('no reason to come again', { cause: error }), { name: 'GoneError' });
      }
    },
    { what: 'an answer', timeoutMs: 60_000, everyMs: 100 },
  ).then(({ answer }) => answer);

test('MongoDB’s primary steps down in mid-sale and is killed: no order or payment that was acknowledged is lost', async () => {
  const sale = await freshSale(shop, { units: [UNITS], holdSeconds: 600 });
  const held: Order[] = [];
  const paid: string[] = [];
  let closing = false;

  const buy = async () => {
    const request = checkoutRequest(sale, { key: randomUUID() });
    const outcome = await again(() => checkout(shop, request));
    if (outcome.status !== 'reserved' && outcome.status !== 'alreadyHeld') throw new Error(outcome.status);
    const { order } = outcome;
    held.push(order);
    if (held.length % 2 === 0) return;
    const { rawBody, headers } = await again(() => shop.sandbox!.decide(order, 'authorized'));
    const verified = shop.provider.verify(rawBody, headers);
    if (verified.status !== 'verified') throw new Error(verified.status);
    const settled = await again(() => receive(shop, verified.event));
    expect(settled === 'stored before' || settled.status === 'paid').toBe(true);
    paid.push(order.orderId);
  };
  const buyers = Promise.all(
    Array.from({ length: BUYERS }, async () => {
      while (!closing) await buy();
    }),
  );
  buyers.catch(() => {});
  const { stepDown, killPrimary } = mongos;
  const changes = extent({ sample: [killPrimary], whole: [stepDown, stepDown, stepDown, killPrimary] });
  for (const change of changes) {
    const before = paid.length;
    await until(() => paid.length >= before + 20, { what: 'the sale goes on', timeoutMs: 60_000 });
    await change();
  }
  const before = paid.length;
  await until(() => paid.length >= before + 20, { what: 'the sale goes on after all', timeoutMs: 60_000 });
  closing = true;
  await buyers;

  await shop.models.paymentEvents.updateMany({ done: false }, { $set: { tryAt: new Date(0) } });
  await until(async () => (await redo(shop)).errors.length === 0, { what: 'what was interrupted is done' });
  expect((await reconcile(shop, sale.saleId, { thorough: true })).alarms).toEqual([]);
  const orders = await shop.models.orders.find({ sale: sale.saleId }).lean();
  const statuses = new Map(orders.map(({ _id, status }) => [_id, status]));
  expect(held.filter(({ orderId }) => !statuses.has(orderId))).toEqual([]);
  expect(paid.filter((orderId) => statuses.get(orderId) !== 'PAID')).toEqual([]);
  expect(new Set(held.map(({ orderId }) => orderId)).size, 'nobody got another’s order').toBe(held.length);
  const tokens = orders.flatMap((order) => (order.status === 'CANCELLED' ? [] : order.tokens));
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(orders.filter(({ status }) => status === 'CANCELLED')).toEqual([]);
  expect(
    await shop.inventory.inspect(sale.saleId, sale.productIds[0]!, { close: false, thorough: true }),
  ).toMatchObject({
    status: 'sound',
    sold: paid.length,
    held: held.length - paid.length,
  });
  console.log(
    `${changes.length} changes of the primary: ${held.length} orders, ${paid.length} of them paid, none lost`,
  );
}, 240_000);
