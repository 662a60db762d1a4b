import type { Redis } from 'ioredis';
import { defineScripts, type Reply, type RunScript, type ScriptName, UnknownReplyError } from '#lib/inventory/lua.ts';
import type {
  Extended, ExtendReason, Hold, HoldLook, Inspected, Line, LiveOrder, ReserveRequest, Reserved, SaleCounts, SaleSettings, TokensByProduct,
} from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys, underRebuild } from '#lib/redis/keys.ts';

/** What a caller must have read of a hold before it may release it. */
export interface HoldKeys {
  saleId: string;
  orderId: string;
  cartId: string;
  productIds: string[];
}

export type RebuildStep = 'done' | 'fenced' | 'alreadyReady';

/**
 * The typed script calls: the only place that speaks Lua's words, and the seam at which tests put another world.
 * Each call is one atomic step by Redis's clock; it throws when Redis cannot be asked, and then nobody knows whether it ran.
 */
export interface InventoryScripts {
  reserve(request: ReserveRequest): Promise<Reserved>;
  release(hold: HoldKeys): Promise<{ status: 'released'; units: number } | { status: 'absent' | 'changed' | 'saleNotReady' }>;
  /** @param otherHolds orders whose holds may lose tokens to this PAID order */
  commit(saleId: string, order: LiveOrder, otherHolds: string[]): Promise<
    | { status: 'committed'; newlySold: number }
    | { status: 'again'; orderIds: string[] }
    | { status: 'soldToAnother'; token: string; orderId: string }
    | { status: 'changed' | 'saleNotReady' }
  >;
  /** @param from the order whose hold may lose tokens, or empty */
  restore(saleId: string, order: LiveOrder, from: string): Promise<{ status: 'restored'; back: number; missing: number } | { status: 'saleNotReady' }>;
  extend(saleId: string, orderId: string, reason: ExtendReason): Promise<Extended>;
  /** Push up to LIMITS.tokensPerMintScript tokens. @returns the watermark after it */
  mint(saleId: string, productId: string, minted: number): Promise<{ status: 'minted'; watermark: number } | { status: 'saleNotReady' }>;
  configure(saleId: string, settings: SaleSettings): Promise<{ status: 'configured'; differed: number } | { status: 'saleNotReady' }>;
  readHold(saleId: string, orderId: string): Promise<HoldLook>;
  /** Overdue orders, oldest deadline first, at most LIMITS.dueBatch. */
  due(saleId: string): Promise<{ status: 'due'; nowMs: number; orderIds: string[] } | { status: 'saleNotReady' }>;
  counts(saleId: string, productIds: string[]): Promise<SaleCounts>;
  /** @param close delete `sale:{S}` in the same step when the product's tokens do not add up */
  inspect(saleId: string, productId: string, options: { close: boolean; thorough: boolean }): Promise<Inspected>;
  /** Who has each of these tokens of a product, sold or held; null = nobody. */
  ownersOf(saleId: string, productId: string, record: 'sold' | 'held', tokens: string[]): Promise<(string | null)[]>;
  /** A page of sold or held tokens with their orders. `cursor` is '0' at the start and at the end. */
  ownersPage(saleId: string, productId: string, record: 'sold' | 'held', cursor: string): Promise<{ cursor: string; owners: [token: string, orderId: string][] }>;
  /** A page of the orders under a hold, oldest deadline first. */
  holdsPage(saleId: string, offset: number, limit: number): Promise<{ orderId: string; deadlineMs: number }[]>;
  holdsCount(saleId: string): Promise<number>;
  /** A page of a product's free tokens. */
  stockPage(saleId: string, productId: string, offset: number, limit: number): Promise<string[]>;
  /** Take the rebuild fence of a sale. @returns false when another rebuilder has it */
  rebuildStart(saleId: string, rebuildId: string): Promise<boolean>;
  /** Forget the next old holds. @returns left = how many were forgotten; 0 means none is left */
  rebuildClear(saleId: string, rebuildId: string): Promise<{ step: RebuildStep; cleared: number }>;
  rebuildOrder(saleId: string, rebuildId: string, order: LiveOrder): Promise<RebuildStep>;
  rebuildStock(saleId: string, rebuildId: string, productId: string, first: number, last: number): Promise<RebuildStep>;
  /** @param minted productId → tokens that the rebuild placed */
  rebuildFinish(saleId: string, rebuildId: string, settings: SaleSettings, minted: Record<string, number>, epoch: number): Promise<RebuildStep>;
}

/** The real scripts over one Redis connection. */
export function inventoryScripts(redis: Redis): InventoryScripts {
  const run = defineScripts(redis);
  return { ...holding(run), ...looking(run), ...listing(redis), ...rebuilding(run, redis) };
}

function holding(run: RunScript) {
  return {
    async reserve(request: ReserveRequest): Promise<Reserved> {
      const { saleId, orderId, customer, cartId, key, lines } = request;
      const [word, nowMs, ...rest] = await call(
        run, 'reserve',
        [
          keys.sale(saleId), keys.hold(saleId, orderId), keys.timer(saleId, orderId), keys.deadlines(saleId), keys.ledger(saleId),
          keys.cart(saleId, cartId), keys.idem(saleId, customer, key),
          ...lines.flatMap(({ productId }) => [keys.stock(saleId, productId), keys.held(saleId, productId), keys.limit(saleId, productId)]),
        ],
        [
          orderId, customer, cartId, key, request.requestFingerprint, request.itemsFingerprint, keys.changes(saleId),
          LIMITS.idempotencyMs, LIMITS.ledgerEntries, ...lines.flatMap(({ productId, quantity }) => [productId, quantity]),
        ],
      );
      switch (word) {
        case 'reserved': {
          const [deadlineMs, ...joined] = rest as [number, ...string[]];
          return { status: word, nowMs, deadlineMs, tokens: Object.fromEntries(lines.map(({ productId }, i) => [productId, split(joined[i])])) };
        }
        case 'saleNotReady': case 'salePaused': return { status: word, nowMs };
        case 'saleNotOpen': return { status: word, nowMs, opensAtMs: Number(rest[0]) };
        case 'saleClosed': return { status: word, nowMs, closesAtMs: Number(rest[0]) };
        case 'known': return { status: word, nowMs, orderId: String(rest[0]), by: rest[1] === 'key' ? 'key' : 'cart' };
        case 'keyReused': case 'cartOnHold': return { status: word, nowMs, orderId: String(rest[0]) };
        case 'limitReached':
          return { status: word, nowMs, items: threes(rest, lines).map(({ a, b, ...item }) => ({ ...item, limit: a, owned: b })) };
        case 'outOfStock':
          return { status: word, nowMs, items: threes(rest, lines).map(({ a, b, ...item }) => ({ ...item, available: a, held: b })) };
        default: throw new UnknownReplyError('reserve', word);
      }
    },

    async release({ saleId, orderId, cartId, productIds }: HoldKeys) {
      const [word, , units] = await call(
        run, 'release',
        [...holdKeys(saleId, orderId), keys.cart(saleId, cartId),
          ...productIds.flatMap((p) => [keys.stock(saleId, p), keys.held(saleId, p), keys.limit(saleId, p)])],
        [orderId, cartId, keys.changes(saleId), LIMITS.ledgerEntries, ...productIds],
      );
      switch (word) {
        case 'released': return { status: word, units: Number(units) } as const;
        case 'absent': case 'changed': case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('release', word);
      }
    },

    async commit(saleId: string, order: LiveOrder, otherHolds: string[]) {
      const products = Object.keys(order.tokens);
      const [word, , ...rest] = await call(
        run, 'commit',
        [...holdKeys(saleId, order.orderId), keys.cart(saleId, order.cartId), ...products.flatMap((p) => unitKeys(saleId, p)),
          ...otherHolds.map((other) => keys.hold(saleId, other))],
        [order.orderId, order.customer, order.cartId, keys.changes(saleId), LIMITS.ledgerEntries, products.length, ...byProduct(order.tokens), ...otherHolds],
      );
      switch (word) {
        case 'committed': return { status: word, newlySold: Number(rest[0]) } as const;
        case 'again': return { status: word, orderIds: rest.map(String) } as const;
        case 'soldToAnother': return { status: word, token: String(rest[0]), orderId: String(rest[1]) } as const;
        case 'changed': case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('commit', word);
      }
    },

    async restore(saleId: string, order: LiveOrder, from: string) {
      const [word, , back, missing] = await call(
        run, 'restore',
        [...holdKeys(saleId, order.orderId), keys.cart(saleId, order.cartId), keys.hold(saleId, from),
          ...Object.keys(order.tokens).flatMap((p) => unitKeys(saleId, p))],
        [order.orderId, order.customer, order.cartId, order.key, order.itemsFingerprint, order.deadlineMs, order.extensions.join(','),
          keys.changes(saleId), LIMITS.ledgerEntries, from, ...byProduct(order.tokens)],
      );
      switch (word) {
        case 'restored': return { status: word, back: Number(back), missing: Number(missing) } as const;
        case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('restore', word);
      }
    },

    async extend(saleId: string, orderId: string, reason: ExtendReason): Promise<Extended> {
      const [word, nowMs, deadlineMs] = await call(
        run, 'extend', holdKeys(saleId, orderId), [orderId, reason, keys.changes(saleId), LIMITS.ledgerEntries],
      );
      switch (word) {
        case 'extended': case 'alreadyExtended': return { status: word, nowMs, deadlineMs: Number(deadlineMs) };
        case 'expired': case 'absent': case 'saleNotReady': return { status: word, nowMs };
        default: throw new UnknownReplyError('extend', word);
      }
    },

    async mint(saleId: string, productId: string, minted: number) {
      const [word, , watermark] = await call(
        run, 'mint',
        [keys.sale(saleId), keys.stock(saleId, productId), keys.held(saleId, productId), keys.sold(saleId, productId), keys.ledger(saleId)],
        [productId, minted, LIMITS.tokensPerMintScript, keys.changes(saleId), LIMITS.ledgerEntries],
      );
      switch (word) {
        case 'minted': return { status: word, watermark: Number(watermark) } as const;
        case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('mint', word);
      }
    },

    async configure(saleId: string, settings: SaleSettings) {
      const [word, , differed] = await call(run, 'configure', [keys.sale(saleId)], [keys.changes(saleId), ...settingFields(settings)]);
      switch (word) {
        case 'configured': return { status: word, differed: Number(differed) } as const;
        case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('configure', word);
      }
    },
  };
}

function looking(run: RunScript) {
  return {
    async readHold(saleId: string, orderId: string): Promise<HoldLook> {
      const [word, nowMs, timerRuns, ...fields] = await call(
        run, 'read-hold', [keys.sale(saleId), keys.hold(saleId, orderId), keys.timer(saleId, orderId)], [],
      );
      switch (word) {
        case 'held': return { status: word, nowMs, timerRuns: Number(timerRuns) === 1, hold: toHold(orderId, fields as string[]) };
        case 'absent': case 'saleNotReady': return { status: word, nowMs };
        default: throw new UnknownReplyError('read-hold', word);
      }
    },

    async due(saleId: string) {
      const [word, nowMs, ...orders] = await call(run, 'due', [keys.sale(saleId), keys.deadlines(saleId)], [LIMITS.dueBatch]);
      switch (word) {
        case 'due': return { status: word, nowMs, orderIds: orders.map(String) } as const;
        case 'saleNotReady': return { status: word } as const;
        default: throw new UnknownReplyError('due', word);
      }
    },

    async counts(saleId: string, productIds: string[]): Promise<SaleCounts> {
      const [word, nowMs, ...rest] = await call(
        run, 'counts',
        [keys.sale(saleId), ...productIds.flatMap((p) => [keys.stock(saleId, p), keys.held(saleId, p), keys.sold(saleId, p)])],
        productIds,
      );
      switch (word) {
        case 'counts': {
          const [opensAtMs, closesAtMs, paused, epoch, ...units] = rest.map(Number) as [number, number, number, number, ...number[]];
          const products = Object.fromEntries(productIds.map((productId, i) => {
            const [available, held, sold, minted] = units.slice(4 * i, 4 * i + 4) as [number, number, number, number];
            return [productId, { available, held, sold, minted }];
          }));
          return { status: word, nowMs, opensAtMs, closesAtMs, paused: paused === 1, epoch, products };
        }
        case 'saleNotReady': return { status: word, nowMs };
        default: throw new UnknownReplyError('counts', word);
      }
    },

    async inspect(saleId: string, productId: string, { close, thorough }: { close: boolean; thorough: boolean }): Promise<Inspected> {
      const [word, , free, held, sold, minted, wrong] = await call(
        run, 'inspect',
        [keys.sale(saleId), keys.deadlines(saleId), keys.stock(saleId, productId), keys.held(saleId, productId),
          keys.sold(saleId, productId), keys.limit(saleId, productId)],
        [productId, close ? 1 : 0, thorough ? 1 : 0],
      );
      const counts = { free: Number(free), held: Number(held), sold: Number(sold), minted: Number(minted) };
      switch (word) {
        case 'sound': return { status: word, ...counts };
        case 'unsound': return { status: word, ...counts, wrong: String(wrong) };
        case 'saleNotReady': return { status: word };
        default: throw new UnknownReplyError('inspect', word);
      }
    },
  };
}

function listing(redis: Redis) {
  return {
    async ownersOf(saleId: string, productId: string, record: 'sold' | 'held', tokens: string[]) {
      return tokens.length === 0 ? [] : redis.hmget(keys[record](saleId, productId), ...tokens);
    },
    async ownersPage(saleId: string, productId: string, record: 'sold' | 'held', cursor: string) {
      const [next, flat] = await redis.hscan(keys[record](saleId, productId), cursor, 'COUNT', LIMITS.orderBatch);
      const owners = Array.from({ length: flat.length / 2 }, (_, i): [string, string] => [flat[2 * i]!, flat[2 * i + 1]!]);
      return { cursor: next, owners };
    },
    async holdsPage(saleId: string, offset: number, limit: number) {
      const flat = await redis.zrange(keys.deadlines(saleId), String(offset), String(offset + limit - 1), 'WITHSCORES');
      return Array.from({ length: flat.length / 2 }, (_, i) => ({ orderId: flat[2 * i]!, deadlineMs: Number(flat[2 * i + 1]) }));
    },
    holdsCount: (saleId: string) => redis.zcard(keys.deadlines(saleId)),
    stockPage: (saleId: string, productId: string, offset: number, limit: number) =>
      redis.lrange(keys.stock(saleId, productId), offset, offset + limit - 1),
  };
}

function rebuilding(run: RunScript, redis: Redis) {
  const fence = (saleId: string) => [keys.sale(saleId), keys.rebuild(saleId)];
  const step = async (name: ScriptName, names: string[], args: (string | number)[], done: string): Promise<RebuildStep> => {
    const [word] = await call(run, name, names, args);
    if (word === done) return 'done';
    if (word === 'fenced' || word === 'alreadyReady') return word;
    throw new UnknownReplyError(name, word);
  };
  return {
    async rebuildStart(saleId: string, rebuildId: string) {
      return (await redis.set(keys.rebuild(saleId), rebuildId, 'PX', LIMITS.rebuildLeaseMs, 'NX')) === 'OK';
    },

    async rebuildClear(saleId: string, rebuildId: string) {
      const orders = await redis.zrange(keys.deadlines(saleId), '0', String(LIMITS.orderBatch - 1));
      const done = await step(
        'rebuild-clear',
        [...fence(saleId), keys.deadlines(saleId), ...orders.flatMap((o) => [keys.hold(saleId, o), keys.timer(saleId, o)])],
        [rebuildId, LIMITS.rebuildLeaseMs, ...orders], 'cleared',
      );
      return { step: done, cleared: orders.length };
    },

    rebuildOrder(saleId: string, rebuildId: string, order: LiveOrder) {
      const fresh = (key: string) => underRebuild(key, rebuildId);
      return step(
        'rebuild-order',
        [...fence(saleId), keys.deadlines(saleId), keys.hold(saleId, order.orderId), keys.timer(saleId, order.orderId), keys.cart(saleId, order.cartId),
          ...Object.keys(order.tokens).flatMap((p) => [fresh(keys.held(saleId, p)), fresh(keys.sold(saleId, p)), fresh(keys.limit(saleId, p))])],
        [rebuildId, LIMITS.rebuildLeaseMs, LIMITS.rebuildLeftoverMs, order.orderId, order.status, order.customer, order.cartId, order.key,
          order.itemsFingerprint, order.deadlineMs, order.extensions.join(','), ...byProduct(order.tokens)],
        'placed',
      );
    },

    rebuildStock(saleId: string, rebuildId: string, productId: string, first: number, last: number) {
      const fresh = (key: string) => underRebuild(key, rebuildId);
      return step(
        'rebuild-stock',
        [...fence(saleId), fresh(keys.stock(saleId, productId)), fresh(keys.held(saleId, productId)), fresh(keys.sold(saleId, productId))],
        [rebuildId, LIMITS.rebuildLeaseMs, LIMITS.rebuildLeftoverMs, productId, first, last], 'pushed',
      );
    },

    rebuildFinish(saleId: string, rebuildId: string, settings: SaleSettings, minted: Record<string, number>, epoch: number) {
      const records = Object.keys(minted).flatMap((p) => unitKeys(saleId, p)).flatMap((key) => [underRebuild(key, rebuildId), key]);
      const watermarks = Object.entries(minted).flatMap(([productId, units]) => [`minted:${productId}`, units]);
      return step(
        'rebuild-finish', [...fence(saleId), ...records],
        [rebuildId, keys.changes(saleId), ...settingFields(settings), 'epoch', epoch, ...watermarks], 'ready',
      );
    },
  };
}

async function call(run: RunScript, name: ScriptName, names: string[], args: (string | number)[]): Promise<[string, number, ...unknown[]]> {
  const reply: Reply = await run(name, names, args);
  if (!Array.isArray(reply) || typeof reply[0] !== 'string') throw new UnknownReplyError(name, reply);
  return [reply[0], Number(reply[1]), ...reply.slice(2)];
}

const holdKeys = (saleId: string, orderId: string) => [
  keys.sale(saleId), keys.hold(saleId, orderId), keys.timer(saleId, orderId), keys.deadlines(saleId), keys.ledger(saleId),
];

const unitKeys = (saleId: string, productId: string) => [
  keys.stock(saleId, productId), keys.held(saleId, productId), keys.sold(saleId, productId), keys.limit(saleId, productId),
];

const byProduct = (tokens: TokensByProduct) => Object.entries(tokens).flatMap(([productId, list]) => [productId, list.join(',')]);

const split = (joined: string | undefined): string[] => (joined ? joined.split(',') : []);

function settingFields(settings: SaleSettings): (string | number)[] {
  const { opensAtMs, closesAtMs, holdMs, extendMs, paused, limits } = settings;
  return [
    'opensAtMs', opensAtMs, 'closesAtMs', closesAtMs, 'holdMs', holdMs, 'extendMs', extendMs, 'paused', paused ? 1 : 0,
    ...Object.entries(limits).flatMap(([productId, limit]) => [`limit:${productId}`, limit]),
  ];
}

/** Triples of a refused line: productId and two numbers, joined with what was requested. */
function threes(rest: unknown[], lines: Line[]) {
  return Array.from({ length: rest.length / 3 }, (_, i) => {
    const productId = String(rest[3 * i]);
    const requested = lines.find((line) => line.productId === productId)?.quantity ?? 0;
    return { productId, requested, a: Number(rest[3 * i + 1]), b: Number(rest[3 * i + 2]) };
  });
}

function toHold(orderId: string, flat: string[]): Hold {
  const fields = new Map(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]));
  const tokens: TokensByProduct = {};
  for (const [name, value] of fields) if (name.startsWith('tokens:')) tokens[name.slice('tokens:'.length)] = split(value);
  const text = (name: string) => fields.get(name) ?? '';
  return {
    orderId, customer: text('customer'), cartId: text('cart'), key: text('key'), itemsFingerprint: text('fingerprint'),
    deadlineMs: Number(text('deadlineMs')), extensions: split(text('extensions')), tokens,
  };
}
