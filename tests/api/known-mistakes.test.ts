import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckoutAnswer } from '#lib/contract.ts';
import { bankEvent, expectProblem, openShop, sendWebhook } from '#tests/api/shop.ts';
import { until } from '#tests/support/until.ts';

// Each of these has gone wrong in public code of the same design. Titles say what must not happen.

const shop = openShop();

const units = async (saleId: string) => (await shop.client.look(saleId)).products[0];
const overOn = (saleId: string, orderId: string) =>
  until(async () => (await shop.redis.exists(`timer:{${saleId}}:${orderId}`)) === 0, { what: 'the hold is over' });

async function holdSome(quantity: number, options: Parameters<typeof shop.client.sale>[0] = {}) {
  const { saleId, productIds } = await shop.client.sale({ units: [5], ...options });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const { body: order } = await shopper.buyNow([{ productId, quantity }]);
  return { saleId, productId, shopper, order, orderId: order.orderId };
}

test('"paying after expiry still turns PAID"', async () => {
  const byPage = await holdSome(1, { holdSeconds: 1 });
  const byBank = await holdSome(1, { holdSeconds: 1 });
  await Promise.all([byPage, byBank].map(({ saleId, orderId }) => overOn(saleId, orderId)));
  const { orderId } = byPage;
  expectProblem(await byPage.shopper.pay(orderId), 409, 'ORDER_EXPIRED', { orderId });
  expect((await sendWebhook(shop.client, bankEvent(byBank.order))).status).toBe(200);
  for (const { shopper, order, saleId } of [byPage, byBank]) {
    const { body } = await shopper.call('GET', `/api/orders/${order.orderId}`);
    expect(body).toMatchObject({ status: 'CANCELLED', reason: 'EXPIRED', paidAt: null });
    expect(await units(saleId)).toMatchObject({ available: 5, held: 0, sold: 0 });
  }
});

test('"two instances both return the tokens of one expiry": 5 units seeded stay 5, and never 15 are sold', async () => {
  const workers = await Promise.all([shop.floor.worker(), shop.floor.worker()]);
  const { saleId, productIds } = await shop.client.sale({ units: [5], holdSeconds: 1 });
  const [productId] = productIds as [string];
  for (let round = 0; round < 2; round++) {
    const held = await Promise.all(
      Array.from({ length: 5 }, () => shop.client.shopper().buyNow([{ productId, quantity: 1 }])),
    );
    expect(held.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    await until(async () => (await units(saleId))?.available === 5, { what: 'all five are back' });
  }
  const buyers = Array.from({ length: 15 }, () => shop.client.shopper());
  const won = await Promise.all(
    buyers.map(async (buyer) => {
      const { status, body } = await buyer.buyNow([{ productId, quantity: 1 }]);
      return status === 201 && (await buyer.pay(body.orderId)).status === 200 ? body.items[0]!.tokens : [];
    }),
  );
  expect(won.flat().sort()).toEqual([1, 2, 3, 4, 5].map((n) => `${productId}-${n}`));
  expect(await units(saleId)).toMatchObject({ available: 0, held: 0, sold: 5, minted: 5 });
  await Promise.all(workers.map((worker) => worker.stop()));
});

test('"the same cart checked out twice loses the first tokens"', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5] });
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([{ productId: productIds[0]!, quantity: 2 }]);
  const buy = () => shopper.call<CheckoutAnswer>('POST', '/api/checkout', { body: { cartId } });
  const [first, second] = [await buy(), await buy()];
  expect(second.body).toMatchObject({ orderId: first.body.orderId, items: first.body.items });
  expect(await units(saleId)).toMatchObject({ available: 3, held: 2 });
  await shopper.call('POST', `/api/orders/${first.body.orderId}/cancel`);
  expect(await units(saleId)).toMatchObject({ available: 5, held: 0 });
});

test('"quantity 0 doubles the stock", "quantity -1 takes all but one"', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5] });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  for (const quantity of [0, -1, -4, -0.5]) {
    expectProblem(await shopper.buyNow([{ productId, quantity }]), 400, 'INVALID_REQUEST', {
      field: 'items.0.quantity',
    });
    expectProblem(
      await shopper.call('POST', '/api/cart/add', { body: { cartId, productId, quantity } }),
      400,
      'INVALID_REQUEST',
      { field: 'quantity' },
    );
    expectProblem(
      await shop.client.admin('POST', '/api/product/seed', { productId, quantity }),
      400,
      'INVALID_REQUEST',
      { field: 'quantity' },
    );
  }
  expect(await units(saleId)).toMatchObject({ available: 5, held: 0, sold: 0, minted: 5 });
  expect(await shop.redis.lrange(`stock:{${saleId}}:${productId}`, 0, -1)).toHaveLength(5);
});

test('"two lines of one product take fewer tokens than they sell"', async () => {
  const { saleId, productIds } = await shop.client.sale({ units: [5], price: 700 });
  const [productId] = productIds as [string];
  const shopper = shop.client.shopper();
  const { body } = await shopper.buyNow([
    { productId, quantity: 2 },
    { productId, quantity: 1 },
  ]);
  expect(body).toMatchObject({
    total: 2_100,
    items: [{ productId, quantity: 3, tokens: [1, 2, 3].map((n) => `${productId}-${n}`) }],
  });
  await shopper.pay(body.orderId);
  expect(await units(saleId)).toMatchObject({ available: 2, held: 0, sold: 3 });
});

test('"no startup cleanup": what expired while no worker ran is back when one has started', async () => {
  const { saleId, orderId } = await holdSome(3, { holdSeconds: 1 });
  await overOn(saleId, orderId);
  expect(await units(saleId)).toMatchObject({ available: 2, held: 3 });
  const worker = await shop.floor.worker({ SWEEP_SECONDS: '59', KEYSPACE_EVENTS: 'off' });
  expect(await units(saleId)).toMatchObject({ available: 5, held: 0 });
  expect(await shop.mongo.collection('orders').findOne({ _id: orderId as never })).toMatchObject({
    status: 'CANCELLED',
    reason: 'EXPIRED',
  });
  await worker.stop();
});

test('"expiry never cancels the order": it does by itself, with nobody looking at its page', async () => {
  const worker = await shop.floor.worker();
  const { saleId, orderId } = await holdSome(3, { holdSeconds: 1 });
  const record = await until(
    () => shop.mongo.collection('orders').findOne({ _id: orderId as never, status: 'CANCELLED' }),
    { what: 'the order is cancelled' },
  );
  expect(record).toMatchObject({ reason: 'EXPIRED', items: [{ quantity: 3 }] });
  await until(async () => (await units(saleId))?.available === 5, { what: 'its units are back' });
  await worker.stop();
});

test('"an unknown id answers 500"', async () => {
  const { productIds } = await shop.client.sale();
  const shopper = shop.client.shopper();
  const cartId = await shopper.cartWith([]);
  const id = randomUUID();
  const calls: [string, string, object?][] = [
    ['GET', `/api/sales/${id}`],
    ['GET', `/api/sales/${id}/events`],
    ['GET', `/api/cart/${id}`],
    ['PATCH', `/api/cart/${id}`, { productId: productIds[0], quantity: 1 }],
    ['PATCH', `/api/cart/${cartId}`, { productId: id, quantity: 1 }],
    ['POST', '/api/cart/add', { cartId: id, productId: productIds[0], quantity: 1 }],
    ['POST', '/api/cart/add', { cartId, productId: id, quantity: 1 }],
    ['POST', '/api/checkout', { cartId: id }],
    ['POST', '/api/checkout', { items: [{ productId: id, quantity: 1 }] }],
    ['GET', `/api/orders/${id}`],
    ['POST', `/api/orders/${id}/cancel`],
    ['POST', `/api/orders/${id}/extend`],
    ['POST', '/api/payment/success', { orderId: id }],
    ['POST', '/api/payment/fail', { orderId: id }],
  ];
  for (const [method, path, body] of calls) expectProblem(await shopper.call(method, path, { body }), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('POST', '/api/product/seed', { productId: id, quantity: 1 }), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('PATCH', `/api/sales/${id}`, { paused: true }), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('GET', `/api/orders/${id}`), 404, 'NOT_FOUND');
  expect(await sendWebhook(shop.client, bankEvent({ orderId: id, total: 1, currency: 'EUR' }))).toMatchObject({
    status: 200,
  });
});

test('"anyone may mark an order paid"', async () => {
  const { shopper, order, orderId } = await holdSome(1);
  const thief = shop.client.shopper();
  await thief.call('POST', '/api/cart');
  for (const stranger of [thief, shop.client.shopper(), shop.client.shopper(`${shopper.cookie}x`)])
    expectProblem(await stranger.pay(orderId), 404, 'NOT_FOUND');
  expectProblem(await shop.client.admin('POST', '/api/payment/success', { orderId }), 404, 'NOT_FOUND');
  expectProblem(await sendWebhook(shop.client, bankEvent(order), null), 400, 'INVALID_SIGNATURE');
  expect((await shopper.call('GET', `/api/orders/${orderId}`)).body).toMatchObject({ status: 'RESERVED' });
});

/** One life of everything: create, mint, hold, extend, pay, cancel, fail, expire, refund, pause, rebuild, list. */
async function everyTransition(): Promise<void> {
  const { saleId, productId, shopper, orderId } = await holdSome(1, {
    units: [9, 9],
    holdSeconds: 1,
    limitPerCustomer: 9,
  });
  await overOn(saleId, orderId);
  await shopper.pay(orderId);
  await shop.client.admin('PATCH', `/api/sales/${saleId}`, { holdSeconds: 60 });
  const cartId = await shopper.cartWith([{ productId, quantity: 2 }]);
  const held = await shopper.call<CheckoutAnswer>('POST', '/api/checkout', {
    body: { cartId },
    headers: { 'idempotency-key': randomUUID() },
  });
  await shopper.call('POST', `/api/orders/${held.body.orderId}/extend`);
  await shopper.call('POST', '/api/checkout', { body: { cartId } });
  await shop.redis.del(`sale:{${saleId}}`);
  await until(async () => (await shop.client.look(saleId)).state === 'open', { what: 'the sale is restored' });
  await shop.redis.del(`hold:{${saleId}}:${held.body.orderId}`, `timer:{${saleId}}:${held.body.orderId}`);
  await shopper.call('GET', `/api/orders/${held.body.orderId}`);
  await shopper.pay(held.body.orderId);
  for (const end of ['cancel', 'fail'] as const) {
    const { body } = await shopper.buyNow([{ productId, quantity: 1 }]);
    await (end === 'fail' ? shopper.fail(body.orderId) : shopper.call('POST', `/api/orders/${body.orderId}/cancel`));
  }
  await shop.client.admin('GET', `/api/token?saleId=${saleId}`);
  for (const path of ['/api/products', '/api/sales', '/api/orders', '/api/metrics', '/api/ready'])
    await shopper.call('GET', path);
}

test('"KEYS in a request": nothing ever walks through all of Redis', async () => {
  await shop.redis.config('RESETSTAT');
  await everyTransition();
  const used = [...(await shop.redis.info('commandstats')).matchAll(/cmdstat_([\w|]+):/g)].map(([, name]) => name);
  expect(used).toContain('evalsha');
  expect(used.filter((name) => /^(keys|scan|randomkey|dbsize|flushall|flushdb|sort|smembers)$/.test(name!))).toEqual(
    [],
  );
});

test('"keys not declared to the script": every key that a script touches was named to Redis before it ran', async () => {
  const monitor = await shop.redis.monitor();
  const touched = new Set<string>();
  const scripts = new Set<string>();
  let declared = new Set<string>();
  let over = false;
  monitor.on('monitor', (_: string, [command = '', ...args]: string[], source: string) => {
    const name = command.toLowerCase();
    over ||= name === 'echo';
    if (source !== 'lua') {
      if (name.startsWith('eval')) scripts.add(args[0]!);
      declared = new Set(name.startsWith('eval') ? args.slice(2, 2 + Number(args[1])) : []);
    } else if (!['time', 'publish'].includes(name)) {
      const keys = ['del', 'exists', 'unlink', 'rename'].includes(name) ? args : args.slice(0, 1);
      for (const key of keys) touched.add(declared.has(key) ? 'declared' : `${name} ${key}`);
    }
  });
  await everyTransition();
  await shop.redis.echo('over');
  await until(() => over, { what: 'the monitor has seen everything' });
  expect([...touched]).toEqual(['declared']);
  expect(scripts.size).toBeGreaterThanOrEqual(10);
  monitor.disconnect();
});
