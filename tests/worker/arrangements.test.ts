import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { keys } from '#lib/redis/keys.ts';
import { BROKEN_PROMISE } from '#scripts/test/flaky.ts';
import { expectSound } from '#tests/support/audit.ts';
import { extent } from '#tests/support/extent.ts';
import { replay } from '#tests/support/ledger.ts';
import { makeOverdue } from '#tests/support/overdue.ts';
import { type RunningWeb, type ShopFloor, shopFloor } from '#tests/support/processes.ts';
import { until } from '#tests/support/until.ts';
import { type Witness, witness } from '#tests/support/witness.ts';

const UNITS = 30;
const OUTCOME = { available: 20, held: 0, sold: 10, paid: 10, declined: 10, expired: 10, releases: 20, charged: 10 };

let floor: ShopFloor;
let web: RunningWeb;
let look: Witness;

beforeAll(async () => {
  floor = await shopFloor();
  web = await floor.web();
  look = await witness(floor);
});
afterEach(() => floor.reset([web]));
afterAll(async () => {
  await look?.close();
  await floor?.close();
});

interface Arrangement {
  name: string;
  env: Record<string, string>;
  workers: number;
  /** Workers come only when every hold is overdue. */
  late: boolean;
}

const arrangements: Arrangement[] = [
  { name: 'one worker that hears events', env: { KEYSPACE_EVENTS: 'on' }, workers: 1, late: false },
  { name: 'one worker that hears none', env: { KEYSPACE_EVENTS: 'off' }, workers: 1, late: false },
  { name: 'no worker for a while, then one', env: { KEYSPACE_EVENTS: 'on' }, workers: 1, late: true },
  { name: 'five workers at once', env: { KEYSPACE_EVENTS: 'on' }, workers: 5, late: false },
];

test.each(extent({ sample: arrangements.slice(1, 2).concat(arrangements.slice(3)), whole: arrangements }))(
  'thirty hold a unit, ten pay, ten decline, ten do nothing: the outcome is the same with $name',
  async ({ env, workers, late }) => {
    const start = () => Promise.all(Array.from({ length: workers }, () => floor.worker(env)));
    if (!late) await start();
    const { saleId, productIds } = await web.client.sale({ units: [UNITS], holdSeconds: 600 });
    const productId = productIds[0]!;
    const held: string[] = [];
    const idle: string[] = [];
    await Promise.all(
      Array.from({ length: UNITS }, async (_, i) => {
        const shopper = web.client.shopper();
        const { status, body } = await shopper.buyNow([{ productId, quantity: 1 }]);
        expect(status).toBe(201);
        held.push(body.orderId);
        if (i % 3 === 0) expect((await shopper.pay(body.orderId)).status).toBe(200);
        if (i % 3 === 1) expect((await shopper.fail(body.orderId)).status).toBe(200);
        if (i % 3 === 2) idle.push(body.orderId);
      }),
    );
    await makeOverdue(look, floor.calls, saleId, idle);
    if (late) {
      expect((await web.client.look(saleId)).products[0], 'nobody did it meanwhile').toMatchObject({
        available: 10,
        held: 10,
        sold: 10,
      });
      await start();
    }
    await until(async () => (await web.client.look(saleId)).products[0]?.held === 0, {
      what: 'nothing is held any more',
    });

    const shelf = (await web.client.look(saleId)).products[0]!;
    const { impossible, releases } = replay(await look.ledger(saleId));
    expect(impossible, BROKEN_PROMISE).toEqual([]);
    expect({
      available: shelf.available,
      held: shelf.held,
      sold: shelf.sold,
      paid: await look.paid(saleId),
      declined: await look.orders.countDocuments({ sale: saleId, status: 'CANCELLED', reason: 'PAYMENT_FAILED' }),
      expired: await look.orders.countDocuments({ sale: saleId, status: 'CANCELLED', reason: 'EXPIRED' }),
      releases: [...releases.values()].reduce((sum, times) => sum + times, 0),
      charged: await look.bank.countDocuments({ status: 'captured', orderId: { $in: held } }),
    }).toEqual(OUTCOME);
    await expectSound(floor);
  },
);

test("without any worker a shopper's own page says that the hold is over, and the next shopper can buy", async () => {
  const { saleId, productIds } = await web.client.sale({ units: [1], holdSeconds: 600 });
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const shopper = web.client.shopper();
  const { body } = await shopper.buyNow(items);
  await makeOverdue(look, floor.calls, saleId, [body.orderId]);
  await until(async () => (await look.redis.exists(keys.timer(saleId, body.orderId))) === 0, { what: 'it is overdue' });
  expect(await shopper.call('GET', `/api/orders/${body.orderId}`)).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', reason: 'EXPIRED' },
  });
  expect(await shopper.pay(body.orderId), 'too late').toMatchObject({ status: 409, body: { code: 'ORDER_EXPIRED' } });
  expect((await web.client.look(saleId)).products[0]).toMatchObject({ available: 1, held: 0, sold: 0 });
  expect((await web.client.shopper().buyNow(items)).status).toBe(201);
  await expectSound(floor);
});
