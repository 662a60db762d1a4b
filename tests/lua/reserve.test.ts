import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { commit, release } from '#lib/inventory/index.ts';
import { keys } from '#lib/redis/keys.ts';
import { freshSale, reserveRequest, world } from '#tests/support/world.ts';

test('reserve takes the first free units, arms the timer and writes every record', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3, 2] });
  const [p, q] = sale.productIds as [string, string];
  const request = reserveRequest(sale, { quantities: [2, 1], cartId: randomUUID(), key: 'k1' });
  const reserved = await shop.inventory.reserve(request);
  if (reserved.status !== 'reserved') throw new Error(reserved.status);
  expect(reserved.tokens).toEqual({ [p]: [`${p}-1`, `${p}-2`], [q]: [`${q}-1`] });
  expect(reserved.deadlineMs - reserved.nowMs).toBe(60_000);
  expect(await shop.redis.pexpiretime(keys.timer(sale.saleId, request.orderId))).toBe(reserved.deadlineMs);
  expect(await shop.redis.zscore(keys.deadlines(sale.saleId), request.orderId)).toBe(String(reserved.deadlineMs));
  expect(await shop.redis.hgetall(keys.held(sale.saleId, p))).toEqual({
    [`${p}-1`]: request.orderId,
    [`${p}-2`]: request.orderId,
  });
  expect(await shop.redis.hget(keys.limit(sale.saleId, p), request.customer)).toBe('2');
  expect(await shop.redis.get(keys.cart(sale.saleId, request.cartId))).toContain(request.orderId);
  expect(await shop.redis.pttl(keys.idem(sale.saleId, request.customer, 'k1'))).toBeGreaterThan(86_000_000);
  const look = await shop.inventory.readHold(sale.saleId, request.orderId);
  expect(look).toMatchObject({
    status: 'held',
    timerRuns: true,
    hold: { customer: request.customer, deadlineMs: reserved.deadlineMs, tokens: reserved.tokens },
  });
  const [entry] = await shop.redis.xrevrange(keys.ledger(sale.saleId), '+', '-', 'COUNT', 1);
  expect(entry?.[1]).toEqual([
    'verb',
    'reserve',
    'order',
    request.orderId,
    'tokens',
    `${p}-1,${p}-2,${q}-1`,
    'atMs',
    String(reserved.nowMs),
  ]);
});

test('the same call again, its reply lost, answers the same units', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const request = reserveRequest(sale, { quantities: [2] });
  const first = await shop.inventory.reserve(request);
  const again = await shop.inventory.reserve(request);
  expect(again).toEqual({ ...first, nowMs: again.nowMs });
  expect(await shop.inventory.counts(sale.saleId, sale.productIds)).toMatchObject({
    products: { [sale.productIds[0]!]: { available: 1, held: 2 } },
  });
});

test('whole cart or nothing: one short line takes no unit of any', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [5, 1] });
  const outcome = await shop.inventory.reserve(reserveRequest(sale, { quantities: [2, 2] }));
  expect(outcome).toMatchObject({
    status: 'outOfStock',
    items: [{ productId: sale.productIds[1], requested: 2, available: 1, held: 0 }],
  });
  const counts = await shop.inventory.counts(sale.saleId, sale.productIds);
  expect(counts).toMatchObject({
    products: { [sale.productIds[0]!]: { available: 5, held: 0 }, [sale.productIds[1]!]: { available: 1, held: 0 } },
  });
});

test('out of stock tells what is held by others', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  await shop.inventory.reserve(reserveRequest(sale, { quantities: [2] }));
  expect(await shop.inventory.reserve(reserveRequest(sale))).toMatchObject({
    status: 'outOfStock',
    items: [{ available: 0, held: 2, requested: 1 }],
  });
});

test('a sale sells between its opening and its closing by Redis’s clock', async () => {
  const shop = await world();
  const soon = new Date(Date.now() + 3_600_000);
  const past = new Date(Date.now() - 1_000);
  const upcoming = await freshSale(shop, { opensAt: soon });
  const over = await freshSale(shop, { closesAt: past });
  expect(await shop.inventory.reserve(reserveRequest(upcoming))).toMatchObject({
    status: 'saleNotOpen',
    opensAtMs: soon.getTime(),
  });
  expect(await shop.inventory.reserve(reserveRequest(over))).toMatchObject({
    status: 'saleClosed',
    closesAtMs: past.getTime(),
  });
});

test('a paused sale does not sell, a missing one is not ready', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  await shop.redis.hset(keys.sale(sale.saleId), 'paused', '1');
  expect(await shop.inventory.reserve(reserveRequest(sale))).toMatchObject({ status: 'salePaused' });
  await shop.redis.del(keys.sale(sale.saleId));
  expect(await shop.inventory.reserve(reserveRequest(sale))).toMatchObject({ status: 'saleNotReady' });
});

test('the limit counts what a customer holds and has bought', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9], limit: 3 });
  const customer = 'guest-a';
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer, quantities: [2] }))).toMatchObject({
    status: 'reserved',
  });
  const refused = await shop.inventory.reserve(reserveRequest(sale, { customer, quantities: [2] }));
  expect(refused).toMatchObject({ status: 'limitReached', items: [{ requested: 2, limit: 3, owned: 2 }] });
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer, quantities: [1] }))).toMatchObject({
    status: 'reserved',
  });
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer: 'guest-b', quantities: [3] }))).toMatchObject({
    status: 'reserved',
  });
});

test('at a price that the customer has not agreed to nothing is held, but a known order is answered', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9], limit: 2 });
  const cart = { customer: 'guest-p', cartId: randomUUID(), key: 'p1' };
  const first = reserveRequest(sale, cart);
  const keysOfSale = async () => (await shop.redis.keys(`*{${sale.saleId}}*`)).sort();
  const before = await keysOfSale();
  expect(await shop.inventory.reserve({ ...first, priceChanged: true })).toEqual({
    status: 'priceChanged',
    nowMs: expect.any(Number),
  });
  expect(await keysOfSale()).toEqual(before);
  expect(await shop.inventory.reserve(first)).toMatchObject({ status: 'reserved' });
  const again = { ...reserveRequest(sale, cart), priceChanged: true };
  expect(await shop.inventory.reserve(again)).toMatchObject({ status: 'known', orderId: first.orderId, by: 'key' });
  await shop.redis.hset(keys.sale(sale.saleId), 'paused', '1');
  const other = reserveRequest(sale, { customer: 'guest-q' });
  expect(await shop.inventory.reserve({ ...other, priceChanged: true })).toMatchObject({ status: 'salePaused' });
});

test('one live hold per cart: again is the same order, a changed cart is refused', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9] });
  const cart = { customer: 'guest-c', cartId: randomUUID() };
  const first = reserveRequest(sale, cart);
  await shop.inventory.reserve(first);
  expect(await shop.inventory.reserve(reserveRequest(sale, cart))).toMatchObject({
    status: 'known',
    orderId: first.orderId,
    by: 'cart',
  });
  expect(await shop.inventory.reserve(reserveRequest(sale, { ...cart, quantities: [2] }))).toMatchObject({
    status: 'cartOnHold',
    orderId: first.orderId,
  });
});

test('an idempotency key is one order of one customer, and of one request', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9] });
  const keyed = { customer: 'guest-d', key: 'same' };
  const first = reserveRequest(sale, keyed);
  await shop.inventory.reserve(first);
  expect(await shop.inventory.reserve(reserveRequest(sale, keyed))).toMatchObject({
    status: 'known',
    orderId: first.orderId,
    by: 'key',
  });
  expect(await shop.inventory.reserve(reserveRequest(sale, { ...keyed, quantities: [2] }))).toMatchObject({
    status: 'keyReused',
    orderId: first.orderId,
  });
  expect(await shop.inventory.reserve(reserveRequest(sale, { ...keyed, customer: 'guest-e' }))).toMatchObject({
    status: 'reserved',
  });
});

test('the key outlives its order', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9] });
  const request = reserveRequest(sale, { customer: 'guest-f', key: 'k', cartId: randomUUID() });
  await shop.inventory.reserve(request);
  await shop.inventory.release({
    saleId: sale.saleId,
    orderId: request.orderId,
    cartId: request.cartId,
    productIds: sale.productIds,
  });
  expect(await shop.inventory.reserve({ ...request, orderId: randomUUID() })).toMatchObject({
    status: 'known',
    orderId: request.orderId,
    by: 'key',
  });
  expect(await shop.inventory.reserve({ ...request, key: '', orderId: randomUUID() })).toMatchObject({
    status: 'reserved',
  });
});

test('scripts that Redis has forgotten are sent again', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  await shop.inventory.reserve(reserveRequest(sale));
  await shop.redis.script('FLUSH');
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => shop.inventory.reserve(reserveRequest(sale))));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('reserved'));
});

test('who lets hold after hold go unpaid waits for the next one of that sale, twice as long each time; others do not', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9], holdsBeforeWait: 2 });
  const customer = 'guest-a';
  const reserve = (who = customer, of = sale) => shop.inventory.reserve(reserveRequest(of, { customer: who }));
  const letGo = async (unpaid = true) => {
    const request = reserveRequest(sale, { customer });
    await shop.redis.set(keys.unpaid(sale.saleId, customer), String(await holds())); // as if the wait were over
    expect(await shop.inventory.reserve(request)).toMatchObject({ status: 'reserved' });
    expect(await release(shop.inventory, sale.saleId, request.orderId, { unpaid })).toMatchObject({ units: 1 });
    expect(await release(shop.inventory, sale.saleId, request.orderId, { unpaid })).toEqual({ status: 'absent' });
  };
  const holds = async () => Number((await shop.redis.get(keys.unpaid(sale.saleId, customer)))?.split(' ')[0] ?? 0);
  await letGo();
  await letGo(false); // the shop's own doing
  expect([await holds(), (await reserve()).status]).toEqual([1, 'reserved']);
  const waits: number[] = [];
  for (let n = 0; n < 6; n++) {
    await letGo();
    const refused = await reserve();
    if (refused.status !== 'holdCooldown') throw new Error(refused.status);
    waits.push(Math.ceil((refused.untilMs - refused.nowMs) / 10_000) * 10_000);
  }
  expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  expect(await reserve('guest-b')).toMatchObject({ status: 'reserved' });
  const other = await freshSale(shop, { units: [9], holdsBeforeWait: 2 });
  expect(await reserve(customer, other)).toMatchObject({ status: 'reserved' });
  expect(await shop.redis.pttl(keys.unpaid(sale.saleId, customer))).toBeGreaterThan(0);
});

test('a paid order makes up for the unpaid holds before it, and a sale that waits for nobody counts nothing', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [9], holdsBeforeWait: 2 });
  const customer = 'guest-a';
  const bought = reserveRequest(sale, { customer });
  const reserved = await shop.inventory.reserve(bought);
  if (reserved.status !== 'reserved') throw new Error(reserved.status);
  await shop.redis.set(keys.unpaid(sale.saleId, customer), '5 9999999999999');
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer }))).toMatchObject({ status: 'holdCooldown' });
  const { nowMs: createdAtMs, deadlineMs, tokens } = reserved;
  const paid = { ...bought, status: 'PAID' as const, createdAtMs, deadlineMs, extensions: [], tokens };
  await commit(shop.inventory, sale.saleId, paid);
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer }))).toMatchObject({ status: 'reserved' });

  const patient = await freshSale(shop, { units: [9], holdsBeforeWait: 0 });
  const request = reserveRequest(patient, { customer });
  await shop.inventory.reserve(request);
  await release(shop.inventory, patient.saleId, request.orderId, { unpaid: true });
  expect(await shop.redis.exists(keys.unpaid(patient.saleId, customer))).toBe(0);
  await shop.redis.set(keys.unpaid(patient.saleId, customer), '5 9999999999999'); // from before the setting changed
  expect(await shop.inventory.reserve(reserveRequest(patient, { customer }))).toMatchObject({ status: 'reserved' });
});
