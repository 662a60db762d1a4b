import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import { type InventoryScripts, inventoryScripts, type LiveOrder, type SaleSettings } from '#lib/inventory/index.ts';
import { keys, underRebuild } from '#lib/redis/keys.ts';
import { Random } from './random.ts';
import { redisModel } from './redis-model.ts';
import { type RedisState, type SaleRecords, saleRecords } from './redis-state.ts';

/** One call of a sequence: how it reads in a report, and what it does on either side. */
interface Call {
  name: string;
  run(scripts: InventoryScripts): Promise<unknown>;
}

const PRODUCTS = ['p', 'q'];
const HOUR_MS = 3_600_000;

/**
 * Give the same random calls, bad arguments included, to the real scripts on a real Redis and to their model, and compare each
 * reply and the state that is left.
 * @returns how many calls were compared; throws with the whole sequence at the first difference
 */
export async function compareRedis(
  redis: Redis,
  options: { sequences: number; calls: number; seed: number; atOnce: number },
): Promise<number> {
  const scripts = inventoryScripts(redis);
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < options.sequences; n = next++)
      await compareOne(redis, scripts, options.seed + n, options.calls);
  };
  await Promise.all(Array.from({ length: options.atOnce }, lane));
  return options.sequences * options.calls;
}

async function compareOne(redis: Redis, real: InventoryScripts, seed: number, calls: number): Promise<void> {
  const random = new Random(seed);
  const saleId = `diff-${seed}-${random.uuid().slice(0, 8)}`;
  const state: RedisState = new Map();
  let nowMs = 0;
  const model = redisModel({ state: () => state, nowMs: () => nowMs }) as unknown as InventoryScripts;
  const history: string[] = [];
  const said = { orders: [] as LiveOrder[] };
  for (let i = 0; i < calls; i++) {
    const call = i === 0 && seed % 4 > 0 ? begin(saleId) : draw(random, saleId, said);
    const expected = await attempt(() => call.run(real));
    nowMs = clockOf(expected) ?? nowMs;
    if (clockOf(expected) === undefined) nowMs = Number((await redis.time())[0]) * 1000 + 999;
    const actual = await attempt(() => call.run(model));
    history.push(`${call.name} → ${JSON.stringify(expected)}`);
    remember(said, call, expected);
    if (!isDeepStrictEqual(plain(actual), plain(expected))) {
      throw new Error(`seed ${seed}: the model says ${JSON.stringify(actual)}\n${history.join('\n')}`);
    }
    if (random.chance(0.1)) await age(redis, random, saleRecords(state, saleId), saleId, history);
  }
  const there = await dumpReal(redis, saleId, said.orders);
  const here = dumpModel(saleRecords(state, saleId), said.orders, nowMs);
  if (!isDeepStrictEqual(here, there))
    throw new Error(
      `seed ${seed}: the states differ\nmodel ${JSON.stringify(here)}\nRedis ${JSON.stringify(there)}\n${history.join('\n')}`,
    );
  const left = await redis.keys(`*{${saleId}}*`);
  if (left.length > 0) await redis.del(...left);
}

const settings: SaleSettings = {
  opensAtMs: 0,
  closesAtMs: 0,
  holdMs: HOUR_MS,
  extendMs: HOUR_MS,
  paused: false,
  holdsBeforeWait: 2,
  limits: { p: 3, q: 0 },
};

/** Three of four sequences begin with a ready sale. */
const begin = (saleId: string): Call => ({
  name: 'ready',
  run: async (scripts) => {
    await scripts.rebuildStart(saleId, 'r');
    for (const productId of PRODUCTS) await scripts.rebuildStock(saleId, 'r', productId, 1, 4);
    return scripts.rebuildFinish(saleId, 'r', settings, { p: 4, q: 4 }, 1);
  },
});

function draw(random: Random, saleId: string, { orders }: { orders: LiveOrder[] }): Call {
  const order = orders.length > 0 && random.chance(0.9) ? random.pick(orders) : stranger(random);
  const orderId = order.orderId;
  const productId = random.chance(0.95) ? random.pick(PRODUCTS) : 'nothing';
  const say = (name: string, run: Call['run']): Call => ({ name, run });
  const close = random.chance(0.3);
  const thorough = random.chance(0.5);
  switch (random.below(18)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const lines = random
        .pick([['p'], ['q'], ['p', 'q'], ['p', 'nothing']])
        .map((p) => ({ productId: p, quantity: random.pick([1, 1, 2, 3, 0, -1, 1.5]) }));
      const request = {
        saleId,
        orderId: random.chance(0.9) ? random.uuid() : orderId,
        customer: `c${random.below(3)}`,
        cartId: random.chance(0.4) ? `cart${random.below(3)}` : '',
        key: random.chance(0.4) ? `key${random.below(3)}` : '',
        requestFingerprint: `r${random.below(2)}`,
        itemsFingerprint: `i${random.below(2)}`,
        priceChanged: random.chance(0.1),
        lines,
      };
      return {
        name: `reserve ${JSON.stringify(request)}`,
        run: (scripts) => scripts.reserve(request),
        request,
      } as Call;
    }
    case 4: {
      const keysOf = {
        saleId,
        orderId,
        cartId: random.chance(0.8) ? order.cartId : 'other',
        unpaidBy: random.chance(0.5) ? order.customer : '',
        ...(random.chance(0.5) ? { frees: { customer: order.customer, key: order.key } } : {}),
        productIds: random.chance(0.8) ? Object.keys(order.tokens) : random.pick([[], ['p'], ['q', 'p']]),
      };
      return say(`release ${JSON.stringify(keysOf)}`, (scripts) => scripts.release(keysOf));
    }
    case 5:
    case 6: {
      const others = random.chance(0.5)
        ? orders
            .filter((other) => other !== order)
            .slice(0, 3)
            .map((other) => other.orderId)
        : [];
      const paid: LiveOrder = random.chance(0.8)
        ? order
        : {
            ...order,
            tokens: random.pick<LiveOrder['tokens']>([{ p: ['p-1'] }, { p: ['p-1', 'p-9'], q: ['q-2'] }, {}]),
          };
      return say(`commit ${JSON.stringify(paid)} ${others}`, (scripts) => scripts.commit(saleId, paid, others));
    }
    case 7:
    case 8: {
      const from = random.chance(0.4) && orders.length > 0 ? random.pick(orders).orderId : '';
      const restored = random.chance(0.8)
        ? order
        : { ...order, deadlineMs: order.deadlineMs + 5, tokens: { p: ['p-1', 'p-2'], q: ['q-9'] } };
      return say(`restore ${JSON.stringify(restored)} ${from}`, (scripts) =>
        scripts.restore(saleId, restored, from === orderId ? '' : from),
      );
    }
    case 9:
      return say(
        `extend ${orderId}`,
        (
          (reason) => (scripts: InventoryScripts) =>
            scripts.extend(saleId, orderId, reason)
        )(random.pick(['asked', 'paying'] as const)),
      );
    case 10: {
      const minted = random.below(8);
      return say(`mint ${productId} ${minted}`, (scripts) => scripts.mint(saleId, productId, minted));
    }
    case 11: {
      const changed = {
        ...settings,
        paused: random.chance(0.2),
        holdsBeforeWait: random.pick([0, 1, 2, 5]),
        opensAtMs: random.chance(0.1) ? 9e12 : 0,
        closesAtMs: random.chance(0.1) ? 1 : 0,
        limits: { p: 1 + random.below(4) },
      };
      return say(`configure ${JSON.stringify(changed)}`, (scripts) => scripts.configure(saleId, changed));
    }
    case 12:
      return say(`readHold ${orderId}`, (scripts) => scripts.readHold(saleId, orderId));
    case 13:
      return say('due, counts', async (scripts) =>
        [await scripts.due(saleId), await scripts.counts(saleId, PRODUCTS)].map(withoutTime),
      );
    case 14:
      return say(`inspect ${productId} ${close} ${thorough}`, (scripts) =>
        scripts.inspect(saleId, productId, { close, thorough }),
      );
    case 15:
      return page(random, saleId, productId, orders);
    case 16:
      return random.chance(0.2)
        ? say('close', (scripts) => scripts.close(saleId))
        : page(random, saleId, productId, orders);
    default:
      return rebuildStep(random, saleId, order);
  }
}

/** What reads without a script. */
function page(random: Random, saleId: string, productId: string, orders: LiveOrder[]): Call {
  const record = random.pick(['sold', 'held'] as const);
  const tokens = [...orders.slice(0, 2).flatMap((order) => order.tokens[productId] ?? []), `${productId}-1`, 'none'];
  const [offset, limit] = [random.below(3), 1 + random.below(3)];
  const reads: Call[] = [
    { name: `ownersOf ${record} ${tokens}`, run: (scripts) => scripts.ownersOf(saleId, productId, record, tokens) },
    {
      name: `ownersPage ${productId} ${record}`,
      run: async (scripts) => {
        const { cursor, owners } = await scripts.ownersPage(saleId, productId, record, '0');
        return { cursor, owners: sorted(owners) }; // a hash has no order
      },
    },
    { name: `holdsPage ${offset} ${limit}`, run: (scripts) => scripts.holdsPage(saleId, offset, limit) },
    { name: 'holdsCount', run: (scripts) => scripts.holdsCount(saleId) },
    {
      name: `stockPage ${productId} ${offset} ${limit}`,
      run: (scripts) => scripts.stockPage(saleId, productId, offset, limit),
    },
  ];
  return random.pick(reads);
}

function rebuildStep(random: Random, saleId: string, order: LiveOrder): Call {
  const [id, of] = [random.pick(['a', 'b']), random.pick(PRODUCTS)];
  const [first, minted] = [1 + random.below(3), { p: random.below(5), q: random.below(5) }];
  const status = random.pick(['RESERVED', 'PAID'] as const);
  const steps: Call[] = [
    { name: `rebuildStart ${id}`, run: (scripts) => scripts.rebuildStart(saleId, id) },
    { name: `rebuildClear ${id}`, run: (scripts) => scripts.rebuildClear(saleId, id) },
    {
      name: `rebuildOrder ${id} ${status} ${order.orderId}`,
      run: (scripts) => scripts.rebuildOrder(saleId, id, { ...order, status }),
    },
    {
      name: `rebuildStock ${id} ${of} ${first}`,
      run: (scripts) => scripts.rebuildStock(saleId, id, of, first, first + 2),
    },
    {
      name: `rebuildFinish ${id} ${JSON.stringify(minted)}`,
      run: (scripts) => scripts.rebuildFinish(saleId, id, settings, minted, 7),
    },
  ];
  return random.pick(steps);
}

const stranger = (random: Random): LiveOrder => ({
  orderId: random.uuid(),
  status: 'RESERVED',
  customer: 'c9',
  cartId: '',
  key: '',
  requestFingerprint: 'r0',
  itemsFingerprint: 'i0',
  createdAtMs: 1,
  deadlineMs: 9e12,
  extensions: [],
  tokens: { p: ['p-1'] },
});

function remember({ orders }: { orders: LiveOrder[] }, call: Call, reply: unknown): void {
  const { request } = call as Call & {
    request?: Omit<LiveOrder, 'status' | 'createdAtMs' | 'deadlineMs' | 'extensions' | 'tokens'>;
  };
  const { status, deadlineMs, tokens } = (reply ?? {}) as {
    status?: string;
    deadlineMs?: number;
    tokens?: LiveOrder['tokens'];
  };
  if (!request || status !== 'reserved' || orders.some(({ orderId }) => orderId === request.orderId)) return;
  const { orderId, customer, cartId, key, requestFingerprint, itemsFingerprint } = request;
  const createdAtMs = orders.length % 3 === 0 ? 1 : deadlineMs!; // long ago: its key is not remembered any more
  orders.push({
    orderId,
    status: 'RESERVED',
    customer,
    cartId,
    key,
    requestFingerprint,
    itemsFingerprint,
    createdAtMs,
    deadlineMs: deadlineMs!,
    extensions: [],
    tokens: tokens!,
  });
}

/** Time that passes on both sides: a timer runs out, a deadline is behind, a record is lost. */
async function age(redis: Redis, random: Random, sale: SaleRecords, saleId: string, history: string[]): Promise<void> {
  const orderId = [...sale.holds.keys()][0];
  if (!orderId) return;
  sale.timers.delete(orderId);
  await redis.del(keys.timer(saleId, orderId));
  history.push(`timer of ${orderId} is gone`);
  if (!random.chance(0.5)) return;
  sale.holds.get(orderId)!.deadlineMs = 5;
  sale.deadlines.set(orderId, 5);
  await redis.hset(keys.hold(saleId, orderId), 'deadlineMs', 5);
  await redis.zadd(keys.deadlines(saleId), 5, orderId);
}

const attempt = (run: () => unknown) =>
  Promise.resolve()
    .then(run)
    .catch((error: Error) => ({ throws: kindOf(error) }));
/** Redis wraps what a script says: two errors are alike when the same words were meant. */
const kindOf = ({ message }: Error) => /not a number of units/.exec(message)?.[0] ?? message;
const clockOf = (reply: unknown) => (reply as { nowMs?: number } | undefined)?.nowMs;
/** A wait begins by the clock of a release, which says no time; how long it is, tests/lua/reserve.test.ts knows. */
const plain = (value: unknown) =>
  JSON.parse(JSON.stringify(value ?? null, (name, part) => (name === 'untilMs' ? 'soon' : part))) as unknown;
const withoutTime = <T extends object>(reply: T) => ({ ...reply, nowMs: 0 });

async function dumpReal(redis: Redis, saleId: string, orders: LiveOrder[]) {
  const hash = async (key: string) => sorted(Object.entries(await redis.hgetall(key)));
  const perProduct = (name: 'held' | 'sold' | 'limit') => Promise.all(PRODUCTS.map((p) => hash(keys[name](saleId, p))));
  const ready = await redis.hgetall(keys.sale(saleId));
  return {
    ready: sorted(Object.entries(ready).filter(([, value]) => value !== '')),
    stock: await Promise.all(PRODUCTS.map((p) => redis.lrange(keys.stock(saleId, p), 0, -1))),
    held: await perProduct('held'),
    sold: await perProduct('sold'),
    limit: await perProduct('limit'),
    holds: sorted(
      await Promise.all(
        orders.map(async ({ orderId }) => [
          orderId,
          (await redis.hget(keys.hold(saleId, orderId), 'deadlineMs')) ?? 'none',
          sorted(
            Object.entries(await redis.hgetall(keys.hold(saleId, orderId))).filter(([name]) =>
              name.startsWith('tokens:'),
            ),
          ),
        ]),
      ),
    ),
    timers: sorted(
      await Promise.all(orders.map(async ({ orderId }) => [orderId, await redis.exists(keys.timer(saleId, orderId))])),
    ),
    deadlines: sorted(chunk(await redis.zrange(keys.deadlines(saleId), '0', '-1', 'WITHSCORES'))),
    carts: await Promise.all([0, 1, 2].map((n) => redis.get(keys.cart(saleId, `cart${n}`)))),
    idem: await Promise.all(
      [0, 1, 2].flatMap((c) => [0, 1, 2].map((k) => redis.get(keys.idem(saleId, `c${c}`, `key${k}`)))),
    ),
    unpaid: await Promise.all([0, 1, 2, 9].map((c) => redis.get(keys.unpaid(saleId, `c${c}`)))).then((all) =>
      all.map((text) => text?.replace(/ [1-9]\d*$/, ' waits') ?? null),
    ),
    rebuilding: await Promise.all(
      ['a', 'b'].flatMap((id) =>
        PRODUCTS.map(async (p) => [
          await redis.lrange(underRebuild(keys.stock(saleId, p), id), 0, -1),
          await hash(underRebuild(keys.held(saleId, p), id)),
          await hash(underRebuild(keys.sold(saleId, p), id)),
        ]),
      ),
    ),
  };

  function chunk(flat: string[]) {
    return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
  }
}

function dumpModel(sale: SaleRecords, orders: LiveOrder[], nowMs: number) {
  const product = (p: string) => sale.products.get(p);
  const text = (entries: Iterable<[string, string | number]>) =>
    sorted([...entries].map(([name, value]): [string, string] => [name, String(value)]));
  const { ready } = sale;
  return {
    ready: ready
      ? text([
          ['opensAtMs', ready.opensAtMs],
          ['closesAtMs', ready.closesAtMs],
          ['holdMs', ready.holdMs],
          ['extendMs', ready.extendMs],
          ['paused', ready.paused ? 1 : 0],
          ['holdsBeforeWait', ready.holdsBeforeWait],
          ['epoch', ready.epoch],
          ...Object.entries(ready.limits).map(([p, limit]): [string, number] => [`limit:${p}`, limit]),
          ...[...ready.minted].map(([p, units]): [string, number] => [`minted:${p}`, units]),
        ])
      : [],
    stock: PRODUCTS.map((p) => product(p)?.stock ?? []),
    held: PRODUCTS.map((p) => text(product(p)?.held ?? [])),
    sold: PRODUCTS.map((p) => text(product(p)?.sold ?? [])),
    limit: PRODUCTS.map((p) => text(product(p)?.limit ?? [])),
    holds: sorted(
      orders.map(({ orderId }) => {
        const hold = sale.holds.get(orderId);
        return [
          orderId,
          String(hold?.deadlineMs ?? 'none'),
          text([...(hold?.tokens ?? [])].map(([p, list]): [string, string] => [`tokens:${p}`, list.join(',')])),
        ];
      }),
    ),
    timers: sorted(orders.map(({ orderId }) => [orderId, (sale.timers.get(orderId) ?? 0) > nowMs ? 1 : 0])),
    deadlines: text(sale.deadlines),
    carts: [0, 1, 2].map((n) => record(sale.carts.get(`cart${n}`))),
    idem: [0, 1, 2].flatMap((c) => [0, 1, 2].map((k) => record(sale.keys.get(`c${c} key${k}`)))),
    unpaid: [0, 1, 2, 9].map((c) => {
      const unpaid = sale.unpaid.get(`c${c}`);
      return unpaid ? `${unpaid.holds} ${unpaid.waitMs > 0 ? 'waits' : 0}` : null;
    }),
    rebuilding: ['a', 'b'].flatMap((id) =>
      PRODUCTS.map((p) => {
        const records = sale.rebuilding.get(id)?.get(p);
        return [records?.stock ?? [], text(records?.held ?? []), text(records?.sold ?? [])];
      }),
    ),
  };
}

const record = (value: { orderId: string; print: string } | undefined) =>
  value ? `${value.orderId} ${value.print}` : null;
const sorted = <T>(list: T[]): T[] => list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
