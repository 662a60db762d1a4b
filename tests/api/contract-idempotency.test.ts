import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckoutAnswer, Problem } from '#lib/contract.ts';
import { expectProblem, only, openShop } from '#tests/api/shop.ts';
import type { Shopper } from '#tests/support/http.ts';
import { until } from '#tests/support/until.ts';

const shop = openShop();

type Checkout = CheckoutAnswer & Omit<Problem, 'items' | 'status'>;
const checkout = (shopper: Shopper, body: object, key: string) =>
  shopper.call<Checkout>('POST', '/api/checkout', { body, headers: { 'idempotency-key': key } });

/** What two answers about one order have in common: everything but the clock. */
const timeless = ({ expiresIn: _, serverTime: __, ...body }: Checkout) => body;

/** A shopper whom the shop knows already: without a cookie each request would be somebody new. */
async function knownShopper(): Promise<Shopper> {
  const shopper = shop.client.shopper();
  await shopper.call('POST', '/api/cart');
  return shopper;
}

test('a hundred requests at once under one key make one order, and all get the same answer', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [50] });
  const shopper = await knownShopper();
  const items = [{ productId: productIds[0]!, quantity: 2 }];
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 100 }, () => checkout(shopper, { items }, key)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(99);
  for (const { body } of answers) expect(timeless(body)).toEqual(timeless(answers[0]!.body));
  const order = only(await shop.mongo.collection('orders').find({ sale: saleId }).toArray());
  expect(order).toMatchObject({ _id: answers[0]!.body.orderId, status: 'RESERVED', key });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 48, held: 2 });
});

test('a key repeated for another purchase is refused, and the first order stays as it is', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [9, 9] });
  const [a, b] = productIds as [string, string];
  const shopper = await knownShopper();
  const key = 'the same key';
  expectProblem(await checkout(shopper, { items: [{ productId: a, quantity: 1 }] }, key), 400, 'INVALID_REQUEST', {
    field: 'Idempotency-Key',
  });
  const good = 'the-same-key';
  const first = await checkout(shopper, { items: [{ productId: a, quantity: 1 }] }, good);
  const cartId = await shopper.cartWith([{ productId: a, quantity: 1 }]);
  for (const other of [
    { items: [{ productId: a, quantity: 2 }] },
    { items: [{ productId: b, quantity: 1 }] },
    { cartId },
  ]) {
    expectProblem(await checkout(shopper, other, good), 422, 'IDEMPOTENCY_KEY_REUSED');
  }
  const again = await checkout(shopper, { items: [{ productId: a, quantity: 1 }] }, good);
  expect([again.status, timeless(again.body)]).toEqual([200, timeless(first.body)]);
  expect((await shop.client.look(saleId)).products.map(({ held }) => held)).toEqual([1, 0]);
});

test('a key is final across sales too', async () => {
  const [one, two] = [await shop.client.sale(), await shop.client.sale()];
  const shopper = await knownShopper();
  const key = randomUUID();
  await checkout(shopper, { items: [{ productId: one.productIds[0], quantity: 1 }] }, key);
  expectProblem(
    await checkout(shopper, { items: [{ productId: two.productIds[0], quantity: 1 }] }, key),
    422,
    'IDEMPOTENCY_KEY_REUSED',
  );
  expect((await shop.client.look(two.saleId)).products[0]).toMatchObject({ available: 10, held: 0 });
});

test('the same key from another shopper is another key', async () => {
  const { productIds } = await shop.client.sale();
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const [a, b] = [await knownShopper(), await knownShopper()];
  const [first, second] = [await checkout(a, { items }, 'shared-key'), await checkout(b, { items }, 'shared-key')];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(first.body.orderId).not.toBe(second.body.orderId);
});

test('lines in another order are the same purchase', async () => {
  const { productIds } = await shop.client.sale({ units: [9, 9] });
  const shopper = await knownShopper();
  const items = productIds.map((productId) => ({ productId, quantity: 1 }));
  const key = randomUUID();
  const first = await checkout(shopper, { items }, key);
  expect(await checkout(shopper, { items: items.toReversed() }, key)).toMatchObject({
    status: 200,
    body: { orderId: first.body.orderId },
  });
});

test('a second key for a cart on hold answers its hold', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const shopper = await knownShopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 1 }]);
  const first = await checkout(shopper, { cartId }, 'first-tab');
  const second = await checkout(shopper, { cartId }, 'second-tab');
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(timeless(second.body)).toEqual(timeless(first.body));
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 9, held: 1 });
});

test('after payment the key still answers its paid order, with and without a cart', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const shopper = await knownShopper();
  for (const body of [{ items }, { cartId: await shopper.cartWith(items) }]) {
    const key = randomUUID();
    const first = await checkout(shopper, body, key);
    await shopper.pay(first.body.orderId);
    const again = await checkout(shopper, body, key);
    expect(again).toMatchObject({ status: 200, body: { orderId: first.body.orderId, status: 'PAID', expiresIn: 0 } });
    expect(again.body.items).toEqual(first.body.items);
  }
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 8, held: 0, sold: 2 });
});

test('a cart that was emptied while its order is on hold is still known under its key', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = await knownShopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 1 }]);
  const { orderId } = (await checkout(shopper, { cartId }, 'emptied')).body;
  await shopper.call('PATCH', `/api/cart/${cartId}`, { body: { productId: productIds[0], quantity: 0 } });
  expectProblem(await checkout(shopper, { cartId }, 'emptied'), 409, 'CART_ON_HOLD', { orderId });
  expectProblem(await checkout(shopper, { cartId }, 'never-used'), 400, 'CART_EMPTY');
});

test('the key of an order that the shopper let go says so, and never reserves again', async () => {
  const { saleId, productIds } = await shop.client.sale();
  const items = [{ productId: productIds[0]!, quantity: 1 }];
  const shopper = await knownShopper();
  for (const body of [{ items }, { cartId: await shopper.cartWith(items) }]) {
    const key = randomUUID();
    const { orderId } = (await checkout(shopper, body, key)).body;
    await shopper.call('POST', `/api/orders/${orderId}/cancel`);
    expectProblem(await checkout(shopper, body, key), 409, 'ORDER_CANCELLED', { orderId, reason: 'SHOPPER' });
  }
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 10, held: 0 });
});

test('the key of an order that expired says so, and the cart can be checked out under a new key', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [1], holdSeconds: 2 });
  const shopper = await knownShopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 1 }]);
  const { orderId } = (await checkout(shopper, { cartId }, 'first')).body;
  const expired = await until(
    async () => {
      const answer = await checkout(shopper, { cartId }, 'first');
      if (answer.status !== 409) expect(answer).toMatchObject({ status: 200, body: { orderId } });
      return answer.status === 409 ? answer : undefined;
    },
    { what: 'the hold has expired' },
  );
  expectProblem(expired, 409, 'ORDER_EXPIRED', { orderId });
  expect(await checkout(shopper, { cartId }, 'second')).toMatchObject({
    status: 201,
    body: { items: [{ tokens: [`${productIds[0]}-1`] }] },
  });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 1 });
});

test('the shop dies after it has reserved: the same request finds the same hold, and once that is over, 410', async () => {
  const dying = await shop.floor.web({ CRASH_AT: 'after_reserve' });
  const { saleId, productIds } = await shop.client.sale({ units: [1, 1], holdSeconds: 5 });
  const shopper = await knownShopper();
  const buy = async (productId: string, key: string) => {
    const there = dying.client.shopper(shopper.cookie);
    return checkout(there, { items: [{ productId, quantity: 1 }] }, key).catch(() => undefined);
  };
  expect(await buy(productIds[0]!, 'resumed')).toBeUndefined();
  expect(await dying.exit).toMatchObject({ signal: 'SIGKILL' });
  expect((await shop.client.look(saleId)).products[0]).toMatchObject({ available: 0, held: 1 });
  const resumed = await checkout(shopper, { items: [{ productId: productIds[0], quantity: 1 }] }, 'resumed');
  expect(resumed).toMatchObject({
    status: 200,
    body: { status: 'RESERVED', items: [{ tokens: [`${productIds[0]}-1`] }] },
  });

  const dyingToo = await shop.floor.web({ CRASH_AT: 'after_reserve' });
  const there = dyingToo.client.shopper(shopper.cookie);
  const items = [{ productId: productIds[1]!, quantity: 1 }];
  expect(await checkout(there, { items }, 'too-late').catch(() => undefined)).toBeUndefined();
  const orderId = await until(
    async () => {
      const holds = await shop.redis.zrange(`deadlines:{${saleId}}`, '0', '-1');
      const lost = holds.find((id) => id !== resumed.body.orderId);
      return lost && (await shop.redis.exists(`timer:{${saleId}}:${lost}`)) === 0 ? lost : undefined;
    },
    { what: 'the hold without an order is over' },
  );
  expectProblem(await checkout(shopper, { items }, 'too-late'), 410, 'ORDER_EXPIRED', { orderId });
  expect((await shop.client.look(saleId)).products[1]).toMatchObject({ available: 1, held: 0 });
});
