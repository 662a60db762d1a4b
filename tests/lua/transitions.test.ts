import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { commit, type LiveOrder, mint, release } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { until } from '#tests/support/until.ts';
import { type FreshSale, freshSale, reserveRequest, saleSettings, world } from '#tests/support/world.ts';

async function held(
  shop: HoldfastProcess,
  sale: FreshSale,
  options: Parameters<typeof reserveRequest>[1] = {},
): Promise<LiveOrder> {
  const request = reserveRequest(sale, options);
  const reserved = await shop.inventory.reserve(request);
  if (reserved.status !== 'reserved') throw new Error(reserved.status);
  const { orderId, customer, cartId, key, requestFingerprint, itemsFingerprint } = request;
  return {
    orderId,
    customer,
    cartId,
    key,
    requestFingerprint,
    itemsFingerprint,
    createdAtMs: reserved.nowMs,
    status: 'RESERVED',
    deadlineMs: reserved.deadlineMs,
    extensions: [],
    tokens: reserved.tokens,
  };
}

async function counts(shop: HoldfastProcess, { saleId, productIds }: FreshSale) {
  const look = await shop.inventory.counts(saleId, productIds);
  if (look.status !== 'counts') throw new Error(look.status);
  for (const productId of productIds) {
    expect(await shop.inventory.inspect(saleId, productId, { close: false, thorough: true })).toMatchObject({
      status: 'sound',
    });
  }
  const { available, held: onHold, sold } = look.products[productIds[0]!]!;
  return [available, onHold, sold];
}

test('release gives every unit back once, and forgets the hold', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const order = await held(shop, sale, { quantities: [2], cartId: randomUUID() });
  expect(await release(shop.inventory, sale.saleId, order.orderId)).toEqual({ status: 'released', units: 2 });
  expect(await release(shop.inventory, sale.saleId, order.orderId)).toEqual({ status: 'absent' });
  expect(await counts(shop, sale)).toEqual([3, 0, 0]);
  expect(
    await shop.redis.exists(
      keys.timer(sale.saleId, order.orderId),
      keys.hold(sale.saleId, order.orderId),
      keys.cart(sale.saleId, order.cartId),
    ),
  ).toBe(0);
  expect(await shop.redis.hlen(keys.limit(sale.saleId, sale.productIds[0]!))).toBe(0);
});

test('a key stays with its order when that ends, and is free when its order was withdrawn; another order’s record stays', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const named = { customer: `guest-${randomUUID()}`, key: randomUUID() };
  const idem = keys.idem(sale.saleId, named.customer, named.key);
  const { orderId } = await held(shop, sale, named);
  await release(shop.inventory, sale.saleId, orderId);
  expect(await shop.redis.get(idem)).toMatch(new RegExp(`^${orderId} `));
  await release(shop.inventory, sale.saleId, randomUUID(), { frees: named });
  expect(await shop.redis.exists(idem), 'it names another order').toBe(1);
  await release(shop.inventory, sale.saleId, orderId, { frees: named });
  expect(await shop.redis.exists(idem), 'without a hold').toBe(0);
  const again = await held(shop, sale, named);
  expect(await release(shop.inventory, sale.saleId, again.orderId, { frees: named })).toMatchObject({ units: 1 });
  expect(await shop.redis.exists(idem), 'with one').toBe(0);
});

test('an order that comes back brings its key along, for as long as the key would have been remembered', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const named = { customer: `guest-${randomUUID()}`, key: randomUUID() };
  const idem = keys.idem(sale.saleId, named.customer, named.key);
  const order = await held(shop, sale, named);
  const [record, untilMs] = [await shop.redis.get(idem), await shop.redis.pexpiretime(idem)];
  await shop.redis.del(idem);
  await shop.inventory.restore(sale.saleId, order, '');
  expect([await shop.redis.get(idem), await shop.redis.pexpiretime(idem)]).toEqual([record, untilMs]);
  await shop.redis.del(idem);
  await shop.inventory.restore(sale.saleId, { ...order, createdAtMs: 1 }, '');
  expect(await shop.redis.exists(idem), 'made long ago').toBe(0);
});

test('release leaves a unit alone that another order has, though a torn Redis lists it under both holds', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const [p] = sale.productIds as [string];
  const [order, other] = [await held(shop, sale), await held(shop, sale)];
  await shop.redis.hset(keys.hold(sale.saleId, order.orderId), `tokens:${p}`, `${p}-1,${p}-2`);
  expect(await release(shop.inventory, sale.saleId, order.orderId)).toEqual({ status: 'released', units: 1 });
  expect(await shop.redis.hgetall(keys.held(sale.saleId, p))).toEqual({ [`${p}-2`]: other.orderId });
  expect(await counts(shop, sale)).toEqual([2, 1, 0]);
});

test('release refuses keys that are not the hold’s', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3, 3] });
  const order = await held(shop, sale, { quantities: [1, 1], cartId: randomUUID() });
  const call = { saleId: sale.saleId, orderId: order.orderId, cartId: order.cartId, productIds: sale.productIds };
  expect(await shop.inventory.release({ ...call, productIds: sale.productIds.slice(1) })).toEqual({
    status: 'changed',
  });
  expect(await shop.inventory.release({ ...call, cartId: '' })).toEqual({ status: 'changed' });
  expect(await shop.inventory.release({ ...call, productIds: [sale.productIds[0]!, 'other'] })).toEqual({
    status: 'changed',
  });
  expect(await counts(shop, sale)).toEqual([2, 1, 0]);
});

test('a hold of which a torn file left no units ends like any other', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3, 3] });
  const [p, q] = sale.productIds as [string, string];
  const [cancelled, paid] = [
    await held(shop, sale, { quantities: [1, 1] }),
    await held(shop, sale, { quantities: [1, 1] }),
  ];
  for (const { orderId } of [cancelled, paid]) await shop.redis.hdel(keys.hold(sale.saleId, orderId), `tokens:${q}`);
  expect(await release(shop.inventory, sale.saleId, cancelled.orderId)).toEqual({ status: 'released', units: 1 });
  expect(await commit(shop.inventory, sale.saleId, paid)).toEqual({ status: 'committed', newlySold: 2 });
  expect(await shop.inventory.holdsCount(sale.saleId)).toBe(0);
  const bare = await held(shop, sale);
  await shop.redis.hdel(keys.hold(sale.saleId, bare.orderId), `tokens:${p}`);
  expect(await release(shop.inventory, sale.saleId, bare.orderId)).toEqual({ status: 'released', units: 0 });
  expect(await shop.inventory.holdsCount(sale.saleId)).toBe(0);
});

test('reserve and restore write the whole hold before they take a unit, wherever a power cut ends them', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3, 3] });
  const order = await held(shop, sale, { quantities: [2, 1], cartId: randomUUID(), key: randomUUID() });
  await release(shop.inventory, sale.saleId, order.orderId);
  const again = reserveRequest(sale, { quantities: [1, 2] });
  for (const [orderId, take] of [
    [again.orderId, () => shop.inventory.reserve(again)],
    [order.orderId, () => shop.inventory.restore(sale.saleId, { ...order, tokens: odd(sale) }, '')],
  ] as const) {
    const written = (await writes(shop, take)).filter(([, key]) => key?.includes(`{${sale.saleId}}`));
    const name = keys.hold(sale.saleId, orderId);
    const holds = written.filter(([command, key]) => command === 'HSET' && key === name);
    expect(holds.length, 'the hold is written once').toBe(1);
    for (const p of sale.productIds) expect(holds[0]).toContain(`tokens:${p}`);
    const taking = written.findIndex(([, key]) => sale.productIds.some((p) => key!.endsWith(p)));
    expect(written.indexOf(holds[0]!)).toBeLessThan(taking);
    expect(written[0]!.slice(0, 2), 'the sweep’s list comes first').toEqual(['ZADD', keys.deadlines(sale.saleId)]);
  }
});

/** Units that nobody has, of each product of a sale. */
const odd = ({ productIds: [p, q] }: FreshSale) => ({ [p!]: [`${p}-3`], [q!]: [`${q}-1`] });

/** What a script writes, command by command. A socket of its own: beside other calls ioredis loses its way in MONITOR. */
async function writes(shop: HoldfastProcess, run: () => Promise<unknown>): Promise<string[][]> {
  const { hostname, port } = new URL(process.env.REDIS_URL!);
  const socket = connect(Number(port), hostname);
  const ended = randomUUID();
  let said = '';
  socket.on('data', (chunk: Buffer) => (said += chunk));
  try {
    socket.write('MONITOR\r\n');
    await until(() => said.includes('+OK'), { what: 'the monitor listens', everyMs: 1 });
    await run();
    await shop.redis.echo(ended);
    await until(() => said.includes(ended), { what: 'the monitor has told everything', everyMs: 1 });
  } finally {
    socket.destroy();
  }
  return said
    .split('\r\n')
    .filter((line) => line.includes(' lua] '))
    .map((line) => [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!))
    .filter(([command]) => WRITES.has(command!));
}

const WRITES = new Set(['ZADD', 'HSET', 'HSETNX', 'HDEL', 'SET', 'LTRIM', 'LREM', 'HINCRBY', 'XADD']);

test('commit sells a hold’s units, and doing it again sells nothing more', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3], limit: 2 });
  const order = await held(shop, sale, { quantities: [2], cartId: randomUUID() });
  expect(await commit(shop.inventory, sale.saleId, order)).toEqual({ status: 'committed', newlySold: 2 });
  expect(await commit(shop.inventory, sale.saleId, order)).toEqual({ status: 'committed', newlySold: 0 });
  expect(await counts(shop, sale)).toEqual([1, 0, 2]);
  expect(await shop.inventory.reserve(reserveRequest(sale, { customer: order.customer }))).toMatchObject({
    status: 'limitReached',
  });
});

test('commit takes a unit from the stock when Redis had forgotten the hold', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const order = await held(shop, sale);
  await release(shop.inventory, sale.saleId, order.orderId);
  expect(await commit(shop.inventory, sale.saleId, order)).toEqual({ status: 'committed', newlySold: 1 });
  expect(await counts(shop, sale)).toEqual([2, 0, 1]);
});

test('commit takes a unit out of another hold, asking for its key first', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const paid = await held(shop, sale);
  await release(shop.inventory, sale.saleId, paid.orderId);
  const other = await held(shop, sale, { quantities: [2] });
  expect(await shop.inventory.commit(sale.saleId, paid, [])).toEqual({ status: 'again', orderIds: [other.orderId] });
  expect(await commit(shop.inventory, sale.saleId, paid)).toEqual({ status: 'committed', newlySold: 1 });
  expect(await counts(shop, sale)).toEqual([0, 1, 1]);
  expect(await release(shop.inventory, sale.saleId, other.orderId)).toEqual({ status: 'released', units: 1 });
  expect(await counts(shop, sale)).toEqual([1, 0, 1]);
});

test('commit never takes what is sold to another, and writes nothing then', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const order = await held(shop, sale);
  await commit(shop.inventory, sale.saleId, order);
  const thief = { ...order, orderId: randomUUID() };
  const [token] = order.tokens[sale.productIds[0]!]!;
  expect(await commit(shop.inventory, sale.saleId, thief)).toEqual({
    status: 'soldToAnother',
    token,
    orderId: order.orderId,
  });
  expect(await counts(shop, sale)).toEqual([1, 0, 1]);
});

test('commit gives back what the hold had beyond the order', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3, 3] });
  const order = await held(shop, sale, { quantities: [2, 1] });
  const [p] = sale.productIds as [string];
  const less = { ...order, tokens: { [p]: order.tokens[p]!.slice(0, 1) } };
  expect(await commit(shop.inventory, sale.saleId, less)).toEqual({ status: 'committed', newlySold: 1 });
  expect(await counts(shop, sale)).toEqual([2, 0, 1]);
  expect(await shop.inventory.counts(sale.saleId, sale.productIds)).toMatchObject({
    products: { [sale.productIds[1]!]: { available: 3, held: 0 } },
  });
});

test('restore puts a forgotten order’s units back under its hold, with its deadline', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const order = await held(shop, sale, { quantities: [2], cartId: randomUUID() });
  await release(shop.inventory, sale.saleId, order.orderId);
  expect(await shop.inventory.restore(sale.saleId, order, '')).toEqual({ status: 'restored', back: 2, missing: 0 });
  expect(await shop.inventory.restore(sale.saleId, order, '')).toEqual({ status: 'restored', back: 0, missing: 0 });
  expect(await counts(shop, sale)).toEqual([1, 2, 0]);
  expect(await shop.redis.pexpiretime(keys.timer(sale.saleId, order.orderId))).toBe(order.deadlineMs);
});

test('restore takes from the one hold that was named, never from another or from what is sold', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const order = await held(shop, sale, { quantities: [3] });
  await release(shop.inventory, sale.saleId, order.orderId);
  const named = await held(shop, sale);
  const other = await held(shop, sale);
  const buyer = await held(shop, sale);
  await commit(shop.inventory, sale.saleId, buyer);
  expect(await shop.inventory.restore(sale.saleId, order, named.orderId)).toEqual({
    status: 'restored',
    back: 1,
    missing: 2,
  });
  expect(await counts(shop, sale)).toEqual([0, 2, 1]);
  expect(await shop.inventory.readHold(sale.saleId, named.orderId)).toMatchObject({
    hold: { tokens: { [sale.productIds[0]!]: [] } },
  });
  expect(await shop.inventory.readHold(sale.saleId, other.orderId)).toMatchObject({ hold: { tokens: other.tokens } });
});

test('restore never shortens a deadline', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  const order = await held(shop, sale);
  await shop.inventory.restore(sale.saleId, { ...order, deadlineMs: order.deadlineMs - 30_000 }, '');
  expect(await shop.inventory.readHold(sale.saleId, order.orderId)).toMatchObject({
    timerRuns: true,
    hold: { deadlineMs: order.deadlineMs },
  });
  await shop.inventory.restore(sale.saleId, { ...order, deadlineMs: order.deadlineMs + 30_000 }, '');
  expect(await shop.inventory.readHold(sale.saleId, order.orderId)).toMatchObject({
    hold: { deadlineMs: order.deadlineMs + 30_000 },
  });
});

test('extend moves the deadline once for each reason, and only while the timer runs', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { extendSeconds: 30 });
  const order = await held(shop, sale);
  const { saleId } = sale;
  expect(await shop.inventory.extend(saleId, order.orderId, 'asked')).toMatchObject({
    status: 'extended',
    deadlineMs: order.deadlineMs + 30_000,
  });
  expect(await shop.inventory.extend(saleId, order.orderId, 'asked')).toMatchObject({
    status: 'alreadyExtended',
    deadlineMs: order.deadlineMs + 30_000,
  });
  expect(await shop.inventory.extend(saleId, order.orderId, 'paying')).toMatchObject({
    status: 'extended',
    deadlineMs: order.deadlineMs + 60_000,
  });
  expect(await shop.redis.pexpiretime(keys.timer(saleId, order.orderId))).toBe(order.deadlineMs + 60_000);
  await shop.redis.del(keys.timer(saleId, order.orderId));
  expect(await shop.inventory.extend(saleId, order.orderId, 'asked')).toMatchObject({ status: 'expired' });
  expect(await shop.inventory.extend(saleId, randomUUID(), 'asked')).toMatchObject({ status: 'absent' });
});

test('mint pushes from the watermark up to what MongoDB minted, a bounded number a call', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const [p] = sale.productIds as [string];
  expect(await shop.inventory.mint(sale.saleId, p, 7_003)).toEqual({ status: 'minted', watermark: 5_003 });
  expect(await mint(shop.inventory, sale.saleId, p, 7_003)).toEqual({ status: 'minted' });
  expect(await shop.inventory.mint(sale.saleId, p, 10)).toEqual({ status: 'minted', watermark: 7_003 });
  expect(await counts(shop, sale)).toEqual([7_003, 0, 0]);
});

test('mint does not push a unit that an order has, when Redis had lost the watermark', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [3] });
  const [p] = sale.productIds as [string];
  const order = await held(shop, sale, { quantities: [2] });
  await commit(shop.inventory, sale.saleId, order);
  await shop.redis.hset(keys.sale(sale.saleId), `minted:${p}`, '0');
  await shop.redis.del(keys.stock(sale.saleId, p));
  await mint(shop.inventory, sale.saleId, p, 3);
  expect(await counts(shop, sale)).toEqual([1, 0, 2]);
});

test('a unit whose mint Redis had lost is left to mint when its hold ends, and is in the stock once', async () => {
  const shop = await world();
  const sale = await freshSale(shop, { units: [2] });
  const [productId] = sale.productIds as [string];
  const { orderId } = await held(shop, sale);
  await shop.redis.del(keys.stock(sale.saleId, productId));
  await shop.redis.hset(keys.sale(sale.saleId), `minted:${productId}`, 0);
  await release(shop.inventory, sale.saleId, orderId);
  expect(await shop.redis.llen(keys.stock(sale.saleId, productId))).toBe(0);
  await mint(shop.inventory, sale.saleId, productId, 2);
  expect(await counts(shop, sale)).toEqual([2, 0, 0]);
});

test('nothing is written to a sale that is not ready', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  const order = await held(shop, sale);
  await shop.redis.del(keys.sale(sale.saleId));
  const before = await shop.redis.hgetall(keys.hold(sale.saleId, order.orderId));
  const { saleId } = sale;
  expect(await release(shop.inventory, saleId, order.orderId)).toEqual({ status: 'saleNotReady' });
  expect(await commit(shop.inventory, saleId, order)).toEqual({ status: 'saleNotReady' });
  expect(await shop.inventory.restore(saleId, order, '')).toEqual({ status: 'saleNotReady' });
  expect(await shop.inventory.extend(saleId, order.orderId, 'asked')).toMatchObject({ status: 'saleNotReady' });
  expect(await mint(shop.inventory, saleId, sale.productIds[0]!, 99)).toEqual({ status: 'saleNotReady' });
  expect(await shop.inventory.due(saleId)).toEqual({ status: 'saleNotReady' });
  expect(await shop.inventory.counts(saleId, sale.productIds)).toMatchObject({ status: 'saleNotReady' });
  expect(await shop.inventory.inspect(saleId, sale.productIds[0]!, { close: true, thorough: true })).toMatchObject({
    status: 'saleNotReady',
  });
  expect(await shop.inventory.configure(saleId, saleSettings())).toEqual({ status: 'saleNotReady' });
  expect(await shop.redis.hgetall(keys.hold(saleId, order.orderId))).toEqual(before);
  expect(await shop.redis.exists(keys.sale(saleId))).toBe(0);
});

test('due names overdue holds, oldest first', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  const [a, b] = [await held(shop, sale), await held(shop, sale)];
  expect(await shop.inventory.due(sale.saleId)).toMatchObject({ status: 'due', orderIds: [] });
  await shop.redis.zadd(keys.deadlines(sale.saleId), 2, a.orderId, 1, b.orderId);
  expect(await shop.inventory.due(sale.saleId)).toMatchObject({ orderIds: [b.orderId, a.orderId] });
});

test('due names no more overdue holds at once than a batch, the oldest of them', async () => {
  const shop = await world();
  const { saleId } = await freshSale(shop, { units: [1] });
  const orderIds = Array.from({ length: LIMITS.dueBatch + 1 }, () => randomUUID());
  await shop.redis.zadd(keys.deadlines(saleId), ...orderIds.flatMap((orderId, i) => [i + 1, orderId]));
  expect(await shop.inventory.due(saleId)).toMatchObject({ status: 'due', orderIds: orderIds.slice(0, -1) });
});

test('configure changes only what differs, and counts it', async () => {
  const shop = await world();
  const sale = await freshSale(shop);
  const settings = saleSettings({ holdMs: 60_000, extendMs: 60_000, limits: { [sale.productIds[0]!]: 0 } });
  expect(await shop.inventory.configure(sale.saleId, settings)).toEqual({ status: 'configured', differed: 0 });
  expect(await shop.inventory.configure(sale.saleId, { ...settings, paused: true, holdMs: 1_000 })).toEqual({
    status: 'configured',
    differed: 2,
  });
});

test('inspect finds a doubled, a lost, an alien and a dateless unit, and closes the sale on request', async () => {
  const shop = await world();
  const broken: [string, (sale: FreshSale, p: string) => Promise<unknown>, RegExp][] = [
    ['doubled', (s, p) => shop.redis.rpush(keys.stock(s.saleId, p), `${p}-1`), /not minted/],
    ['swapped', (s, p) => shop.redis.lset(keys.stock(s.saleId, p), 0, `${p}-2`), /both free and free/],
    ['lost', (s, p) => shop.redis.lpop(keys.stock(s.saleId, p)), /not minted/],
    ['alien', (s, p) => shop.redis.lset(keys.stock(s.saleId, p), 0, `${p}-99`), /never minted/],
  ];
  for (const [, damage, wrong] of broken) {
    const sale = await freshSale(shop, { units: [4] });
    const [p] = sale.productIds as [string];
    await damage(sale, p);
    expect(await shop.inventory.inspect(sale.saleId, p, { close: false, thorough: true })).toMatchObject({
      status: 'unsound',
      wrong: expect.stringMatching(wrong),
    });
    expect(await shop.redis.exists(keys.sale(sale.saleId))).toBe(1);
  }
  const sale = await freshSale(shop, { units: [4] });
  const [p] = sale.productIds as [string];
  const order = await held(shop, sale);
  await shop.redis.zrem(keys.deadlines(sale.saleId), order.orderId);
  expect(await shop.inventory.inspect(sale.saleId, p, { close: true, thorough: false })).toMatchObject({
    status: 'sound',
    free: 3,
    held: 1,
    sold: 0,
    minted: 4,
  });
  expect(await shop.inventory.inspect(sale.saleId, p, { close: true, thorough: true })).toMatchObject({
    status: 'unsound',
    wrong: expect.stringMatching(/without a deadline/),
  });
  expect(await shop.redis.exists(keys.sale(sale.saleId))).toBe(0);
});
