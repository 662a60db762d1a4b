import type {
  HoldKeys,
  Inspected,
  InventoryScripts,
  LiveOrder,
  RebuildStep,
  Reserved,
  ReserveRequest,
  SaleSettings,
} from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import {
  type HoldRecord,
  noRecords,
  type ProductRecords,
  productRecords,
  type RedisState,
  type SaleRecords,
  saleRecords,
} from './redis-state.ts';

type Sync<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };

/** Which Redis a call reaches, and what its clock says. */
export interface RedisSource {
  state(): RedisState;
  nowMs(): number;
}

/**
 * The Lua scripts, written a second time over Maps: one synchronous step each. tests/sim/differential proves that replies and
 * state are those of the real scripts on a real Redis, bad arguments included.
 */
export function redisModel(source: RedisSource): Sync<InventoryScripts> {
  const look = (saleId: string) => ({ now: source.nowMs(), sale: saleRecords(source.state(), saleId) });
  return {
    reserve: (request) => reserve(look(request.saleId).sale, source.nowMs(), request),

    release({ saleId, orderId, cartId, productIds, unpaidBy = '', frees }: HoldKeys) {
      const { now, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const hold = sale.holds.get(orderId);
      const keyed = frees?.key ? `${frees.customer} ${frees.key}` : '';
      const free = () => sale.keys.get(keyed)?.orderId === orderId && sale.keys.delete(keyed);
      if (!hold) {
        free();
        close(sale, orderId, cartId);
        return { status: 'absent' };
      }
      if (hold.cartId !== cartId || namesMore(hold, productIds)) return { status: 'changed' };
      let units = 0;
      for (const productId of productIds) {
        const records = productRecords(sale, productId);
        let back = 0;
        for (const token of hold.tokens.get(productId) ?? []) {
          if (records.held.get(token) !== orderId) continue;
          records.held.delete(token);
          shelve(sale, productId, token);
          back += 1;
        }
        count(records, hold.customer, -back);
        units += back;
      }
      if (unpaidBy) letGo(sale, unpaidBy, now);
      free();
      close(sale, orderId, cartId);
      return { status: 'released', units };
    },

    commit(saleId, order, otherHolds) {
      const { sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const lines = Object.entries(order.tokens);
      const hold = sale.holds.get(order.orderId);
      if (hold && namesMore(hold, Object.keys(order.tokens))) return { status: 'changed' };
      const asked = new Set(otherHolds);
      const again: string[] = [];
      for (const [productId, tokens] of lines) {
        const { sold, held } = productRecords(sale, productId);
        for (const token of tokens) {
          const buyer = sold.get(token);
          if (buyer && buyer !== order.orderId) return { status: 'soldToAnother', token, orderId: buyer };
          const holder = held.get(token);
          if (holder && holder !== order.orderId && !asked.has(holder)) {
            again.push(holder);
            asked.add(holder);
          }
        }
      }
      if (again.length > 0) return { status: 'again', orderIds: again };
      return { status: 'committed', newlySold: sell(sale, order, hold) };
    },

    restore(saleId, order, from) {
      const { now, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      return putBack(sale, now, order, from);
    },

    extend(saleId, orderId, reason) {
      const { now: nowMs, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady', nowMs };
      const hold = sale.holds.get(orderId);
      if (!hold) return { status: 'absent', nowMs };
      if (!runs(sale, orderId, nowMs)) return { status: 'expired', nowMs };
      if (hold.extensions.includes(reason)) return { status: 'alreadyExtended', nowMs, deadlineMs: hold.deadlineMs };
      hold.deadlineMs += sale.ready.extendMs;
      hold.extensions = [...hold.extensions, reason];
      arm(sale, orderId, hold.deadlineMs, nowMs);
      return { status: 'extended', nowMs, deadlineMs: hold.deadlineMs };
    },

    mint(saleId, productId, minted) {
      const { sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const from = sale.ready.minted.get(productId) ?? 0;
      const to = Math.min(minted, from + LIMITS.tokensPerMintScript);
      if (to <= from) return { status: 'minted', watermark: from };
      push(productRecords(sale, productId), productRecords(sale, productId), productId, from + 1, to);
      sale.ready.minted.set(productId, to);
      return { status: 'minted', watermark: to };
    },

    configure(saleId, settings) {
      const { sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const before = fields(sale.ready);
      const after = fields(settings);
      const differed = [...after].filter(([name, value]) => before.get(name) !== value).length;
      Object.assign(sale.ready, { ...settings, limits: { ...sale.ready.limits, ...settings.limits } });
      return { status: 'configured', differed };
    },

    readHold(saleId, orderId) {
      const { now: nowMs, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady', nowMs };
      const hold = sale.holds.get(orderId);
      if (!hold) return { status: 'absent', nowMs };
      const { tokens, ...rest } = hold;
      const copy = Object.fromEntries([...tokens].map(([productId, list]) => [productId, [...list]]));
      return {
        status: 'held',
        nowMs,
        timerRuns: runs(sale, orderId, nowMs),
        hold: { orderId, ...rest, extensions: [...hold.extensions], tokens: copy },
      };
    },

    due(saleId) {
      const { now: nowMs, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const orderIds = byDeadline(sale)
        .filter(([, deadlineMs]) => deadlineMs <= nowMs)
        .map(([orderId]) => orderId);
      return { status: 'due', nowMs, orderIds: orderIds.slice(0, LIMITS.dueBatch) };
    },

    counts(saleId, productIds) {
      const { now: nowMs, sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady', nowMs };
      const { opensAtMs, closesAtMs, paused, epoch, minted } = sale.ready;
      const products = Object.fromEntries(
        productIds.map((productId) => {
          const { stock, held, sold } = productRecords(sale, productId);
          return [
            productId,
            { available: stock.length, held: held.size, sold: sold.size, minted: minted.get(productId) ?? 0 },
          ];
        }),
      );
      return { status: 'counts', nowMs, opensAtMs, closesAtMs, paused, epoch, products };
    },

    inspect(saleId, productId, { close: closing, thorough }) {
      const { sale } = look(saleId);
      if (!sale.ready) return { status: 'saleNotReady' };
      const outcome = inspect(sale, productId, thorough);
      if (outcome.status === 'unsound' && closing) {
        sale.ready = undefined;
        sale.torn = false;
      }
      return outcome;
    },

    ownersOf: (saleId, productId, record, tokens) => {
      const owners = productRecords(look(saleId).sale, productId)[record];
      return tokens.map((token) => owners.get(token) ?? null);
    },
    ownersPage: (saleId, productId, record) => ({
      cursor: '0',
      owners: [...productRecords(look(saleId).sale, productId)[record]],
    }),
    holdsPage: (saleId, offset, limit) =>
      byDeadline(look(saleId).sale)
        .slice(offset, offset + limit)
        .map(([orderId, deadlineMs]) => ({ orderId, deadlineMs })),
    holdsCount: (saleId) => look(saleId).sale.deadlines.size,
    stockPage: (saleId, productId, offset, limit) =>
      productRecords(look(saleId).sale, productId).stock.slice(offset, offset + limit),

    close(saleId) {
      const { sale } = look(saleId);
      sale.ready = undefined;
      sale.torn = false;
    },

    rebuildStart(saleId, rebuildId) {
      const { now, sale } = look(saleId);
      if (sale.fence && sale.fence.untilMs > now) return sale.fence.id === rebuildId;
      sale.fence = { id: rebuildId, untilMs: now + LIMITS.rebuildLeaseMs };
      return true;
    },

    rebuildClear(saleId, rebuildId) {
      const { now, sale } = look(saleId);
      const orders = byDeadline(sale)
        .slice(0, LIMITS.orderBatch)
        .map(([orderId]) => orderId);
      const step = fenced(sale, now, rebuildId);
      if (step !== 'done') return { step, cleared: orders.length };
      for (const orderId of orders) {
        sale.deadlines.delete(orderId);
        sale.holds.delete(orderId);
        sale.timers.delete(orderId);
      }
      return { step, cleared: orders.length };
    },

    rebuildOrder(saleId, rebuildId, order) {
      const { now, sale } = look(saleId);
      const step = fenced(sale, now, rebuildId);
      if (step === 'done') placeOrder(sale, now, rebuildId, order);
      return step;
    },

    rebuildStock(saleId, rebuildId, productId, first, last) {
      const { now, sale } = look(saleId);
      const step = fenced(sale, now, rebuildId);
      if (step !== 'done') return step;
      const records = underRebuild(sale, rebuildId, productId);
      const behind = records.stock.at(-1);
      push(
        records,
        records,
        productId,
        behind ? Math.max(first, Number(behind.slice(productId.length + 1)) + 1) : first,
        last,
      );
      return step;
    },

    rebuildFinish(saleId, rebuildId, settings, minted, epoch) {
      const { now, sale } = look(saleId);
      const step = fenced(sale, now, rebuildId);
      if (step !== 'done') return step;
      for (const [productId, units] of Object.entries(minted)) {
        const { stock, held, sold } = sale.rebuilding.get(rebuildId)?.get(productId) ?? noRecords();
        if (stock.length + held.size + sold.size === units) continue;
        sale.fence = undefined;
        return 'incomplete';
      }
      for (const productId of Object.keys(minted)) {
        sale.products.set(productId, sale.rebuilding.get(rebuildId)?.get(productId) ?? noRecords());
      }
      sale.rebuilding.delete(rebuildId);
      sale.fence = undefined;
      sale.ready = { ...settings, limits: { ...settings.limits }, epoch, minted: new Map(Object.entries(minted)) };
      return step;
    },
  };
}

function reserve(sale: SaleRecords, nowMs: number, request: ReserveRequest): Reserved {
  const { orderId, customer, cartId, key, requestFingerprint, itemsFingerprint, lines } = request;
  for (const { quantity } of lines)
    if (!Number.isInteger(quantity) || quantity < 1) throw new Error('not a number of units');
  if (!sale.ready) return { status: 'saleNotReady', nowMs };
  const mine = sale.holds.get(orderId);
  if (mine) {
    const tokens = Object.fromEntries(
      lines.map(({ productId }) => [productId, [...(mine.tokens.get(productId) ?? [])]]),
    );
    return { status: 'reserved', nowMs, deadlineMs: mine.deadlineMs, tokens };
  }
  const idem = key ? sale.keys.get(`${customer} ${key}`) : undefined;
  const keyed = idem && idem.untilMs > nowMs ? idem : undefined;
  if (keyed && keyed.print !== requestFingerprint) return { status: 'keyReused', nowMs, orderId: keyed.orderId };
  const inCart = cartId ? sale.carts.get(cartId) : undefined;
  if (keyed && keyed.orderId !== inCart?.orderId) return { status: 'known', nowMs, orderId: keyed.orderId, by: 'key' };
  if (inCart && inCart.print !== itemsFingerprint) return { status: 'cartOnHold', nowMs, orderId: inCart.orderId };
  if (inCart) return { status: 'known', nowMs, orderId: inCart.orderId, by: keyed ? 'key' : 'cart' };
  const { opensAtMs, closesAtMs, paused, holdMs, limits } = sale.ready;
  if (nowMs < opensAtMs) return { status: 'saleNotOpen', nowMs, opensAtMs };
  if (closesAtMs > 0 && nowMs >= closesAtMs) return { status: 'saleClosed', nowMs, closesAtMs };
  if (paused) return { status: 'salePaused', nowMs };
  if (request.priceChanged) return { status: 'priceChanged', nowMs };
  const unpaid = sale.unpaid.get(customer);
  if (sale.ready.holdsBeforeWait !== 0 && unpaid && unpaid.untilMs > nowMs && nowMs < unpaid.waitMs)
    return { status: 'holdCooldown', nowMs, untilMs: unpaid.waitMs };
  const over = lines.flatMap(({ productId, quantity }) => {
    const limit = limits[productId] ?? 0;
    const owned = productRecords(sale, productId).limit.get(customer) ?? 0;
    return limit > 0 && owned + quantity > limit ? [{ productId, requested: quantity, limit, owned }] : [];
  });
  if (over.length > 0) return { status: 'limitReached', nowMs, items: over };
  const short = lines.flatMap(({ productId, quantity }) => {
    const { stock, held } = productRecords(sale, productId);
    return stock.length < quantity
      ? [{ productId, requested: quantity, available: stock.length, held: held.size }]
      : [];
  });
  if (short.length > 0) return { status: 'outOfStock', nowMs, items: short };
  const hold: HoldRecord = {
    customer,
    cartId,
    key,
    itemsFingerprint,
    deadlineMs: nowMs + holdMs,
    extensions: [],
    tokens: new Map(),
  };
  for (const { productId, quantity } of lines) {
    const records = productRecords(sale, productId);
    const tokens = records.stock.splice(0, quantity);
    hold.tokens.set(productId, tokens);
    for (const token of tokens) records.held.set(token, orderId);
    count(records, customer, quantity);
  }
  sale.holds.set(orderId, hold);
  arm(sale, orderId, hold.deadlineMs, nowMs);
  if (cartId) sale.carts.set(cartId, { orderId, print: itemsFingerprint });
  if (key)
    sale.keys.set(`${customer} ${key}`, { orderId, print: requestFingerprint, untilMs: nowMs + LIMITS.idempotencyMs });
  const tokens = Object.fromEntries([...hold.tokens].map(([productId, list]) => [productId, [...list]]));
  return { status: 'reserved', nowMs, deadlineMs: hold.deadlineMs, tokens };
}

function sell(sale: SaleRecords, order: LiveOrder, hold: HoldRecord | undefined): number {
  let newly = 0;
  for (const [productId, tokens] of Object.entries(order.tokens)) {
    const records = productRecords(sale, productId);
    let units = 0;
    for (const token of tokens) {
      const holder = records.held.get(token);
      if (!records.sold.has(token)) {
        newly += 1;
        units += 1;
      }
      records.sold.set(token, order.orderId);
      if (holder) records.held.delete(token);
      else drop(records.stock, token);
      if (holder === order.orderId) units -= 1;
      else if (holder) withdraw(sale, records, holder, productId, token);
    }
    for (const token of hold?.tokens.get(productId) ?? []) {
      if (tokens.includes(token) || records.held.get(token) !== order.orderId) continue;
      records.held.delete(token);
      shelve(sale, productId, token);
      units -= 1;
    }
    count(records, order.customer, units);
  }
  if (newly > 0) sale.unpaid.delete(order.customer);
  close(sale, order.orderId, order.cartId);
  return newly;
}

function putBack(
  sale: SaleRecords,
  now: number,
  order: LiveOrder,
  from: string,
): { status: 'restored'; back: number; missing: number } {
  const { orderId, customer, cartId, key, itemsFingerprint, extensions } = order;
  const before = sale.holds.get(orderId);
  const deadlineMs = Math.max(order.deadlineMs, before?.deadlineMs ?? 0);
  const hold: HoldRecord = {
    customer,
    cartId,
    key,
    itemsFingerprint,
    deadlineMs,
    extensions: before?.extensions ?? [...extensions],
    tokens: new Map(before?.tokens ?? []),
  };
  sale.holds.set(orderId, hold);
  arm(sale, orderId, deadlineMs, now);
  if (cartId) sale.carts.set(cartId, { orderId, print: itemsFingerprint });
  remember(sale, now, order);
  let back = 0;
  let missing = 0;
  for (const [productId, tokens] of Object.entries(order.tokens)) {
    const records = productRecords(sale, productId);
    const kept: string[] = [];
    let taken = 0;
    for (const token of tokens) {
      const holder = records.held.get(token);
      if (records.sold.has(token) || (holder && holder !== orderId && holder !== from)) {
        missing += 1;
        continue;
      }
      kept.push(token);
      if (!holder) drop(records.stock, token);
      else if (holder !== orderId) withdraw(sale, records, holder, productId, token);
      if (holder !== orderId) {
        records.held.set(token, orderId);
        taken += 1;
      }
    }
    hold.tokens.set(productId, kept);
    count(records, customer, taken);
    back += taken;
  }
  return { status: 'restored', back, missing };
}

function inspect(sale: SaleRecords, productId: string, thorough: boolean): Inspected {
  const { stock, held, sold, limit } = productRecords(sale, productId);
  const minted = sale.ready?.minted.get(productId) ?? 0;
  const counts = { free: stock.length, held: held.size, sold: sold.size, minted };
  let wrong = counts.free + counts.held + counts.sold === minted ? '' : 'free + held + sold is not minted';
  if (thorough && !wrong) {
    const seen = new Map<string, string>();
    const see = (token: string, where: string) => {
      const n = token.startsWith(`${productId}-`) ? Number(token.slice(productId.length + 1)) : Number.NaN;
      if (!Number.isInteger(n) || n < 1 || n > minted) wrong = `${token} was never minted`;
      if (seen.has(token)) wrong = `${token} is both ${seen.get(token)} and ${where}`;
      seen.set(token, where);
    };
    for (const token of stock) see(token, 'free');
    for (const token of sold.keys()) see(token, 'sold');
    for (const [token, orderId] of held) {
      see(token, 'held');
      if (!sale.deadlines.has(orderId)) wrong = `${token} is held without a deadline`;
    }
    const units = [...limit.values()].reduce((sum, owned) => sum + owned, 0);
    if (units !== counts.held + counts.sold) wrong ||= `customers own ${units} units, not held + sold`;
  }
  return wrong ? { status: 'unsound', ...counts, wrong } : { status: 'sound', ...counts };
}

function placeOrder(sale: SaleRecords, now: number, rebuildId: string, order: LiveOrder): void {
  const { orderId, status, customer, cartId, key, itemsFingerprint, deadlineMs, extensions } = order;
  if (status === 'RESERVED') {
    const before = sale.holds.get(orderId)?.tokens ?? new Map<string, string[]>();
    const tokens = new Map([
      ...before,
      ...Object.entries(order.tokens).map(([p, list]): [string, string[]] => [p, [...list]]),
    ]);
    sale.holds.set(orderId, {
      customer,
      cartId,
      key,
      itemsFingerprint,
      deadlineMs,
      extensions: [...extensions],
      tokens,
    });
    arm(sale, orderId, deadlineMs, now);
    if (cartId) sale.carts.set(cartId, { orderId, print: itemsFingerprint });
  }
  remember(sale, now, order);
  for (const [productId, tokens] of Object.entries(order.tokens)) {
    const records = underRebuild(sale, rebuildId, productId);
    const target = status === 'PAID' ? records.sold : records.held;
    let units = 0;
    for (const token of tokens) {
      if (!target.has(token)) units += 1;
      target.set(token, orderId);
      if (status === 'PAID' && records.held.get(token) === orderId) {
        records.held.delete(token);
        units -= 1;
      }
    }
    count(records, customer, units);
  }
}

function fenced(sale: SaleRecords, now: number, rebuildId: string): RebuildStep {
  if (!sale.fence || sale.fence.untilMs <= now || sale.fence.id !== rebuildId) return 'fenced';
  if (sale.ready) return 'alreadyReady';
  sale.fence.untilMs = now + LIMITS.rebuildLeaseMs;
  return 'done';
}

function underRebuild(sale: SaleRecords, rebuildId: string, productId: string): ProductRecords {
  const all = sale.rebuilding.get(rebuildId) ?? new Map<string, ProductRecords>();
  sale.rebuilding.set(rebuildId, all);
  const records = all.get(productId) ?? noRecords();
  all.set(productId, records);
  return records;
}

function push(into: ProductRecords, owners: ProductRecords, productId: string, first: number, last: number): void {
  for (let n = first; n <= last; n++) {
    const token = `${productId}-${n}`;
    if (!owners.held.has(token) && !owners.sold.has(token)) into.stock.push(token);
  }
}

function shelve(sale: SaleRecords, productId: string, token: string): void {
  const minted = sale.ready?.minted.get(productId) ?? 0;
  if (Number(/\d+$/.exec(token)?.[0]) <= minted) productRecords(sale, productId).stock.push(token);
}

const runs = (sale: SaleRecords, orderId: string, now: number) => (sale.timers.get(orderId) ?? 0) > now;

function arm(sale: SaleRecords, orderId: string, deadlineMs: number, now: number): void {
  sale.deadlines.set(orderId, deadlineMs);
  if (deadlineMs > now) sale.timers.set(orderId, deadlineMs);
}

function letGo(sale: SaleRecords, customer: string, now: number): void {
  const patience = sale.ready?.holdsBeforeWait ?? 0;
  if (patience === 0) return;
  const before = sale.unpaid.get(customer);
  const holds = (before && before.untilMs > now ? before.holds : 0) + 1;
  const wait = Math.min(LIMITS.holdWaitMs * 2 ** Math.min(holds - patience, 30), LIMITS.holdWaitMostMs);
  sale.unpaid.set(customer, { holds, waitMs: holds >= patience ? now + wait : 0, untilMs: now + LIMITS.unpaidHoldsMs });
}

function remember(sale: SaleRecords, now: number, order: LiveOrder): void {
  const { orderId, customer, key, requestFingerprint: print } = order;
  const untilMs = order.createdAtMs + LIMITS.idempotencyMs;
  if (key !== '' && untilMs > now) sale.keys.set(`${customer} ${key}`, { orderId, print, untilMs });
}

function close(sale: SaleRecords, orderId: string, cartId: string): void {
  if (cartId && sale.carts.get(cartId)?.orderId === orderId) sale.carts.delete(cartId);
  sale.deadlines.delete(orderId);
  sale.timers.delete(orderId);
  sale.holds.delete(orderId);
}

/** Whether a hold names a product that its caller has not. */
const namesMore = (hold: HoldRecord, productIds: string[]) =>
  [...hold.tokens.keys()].some((productId) => !productIds.includes(productId));

function withdraw(sale: SaleRecords, records: ProductRecords, holder: string, productId: string, token: string): void {
  const hold = sale.holds.get(holder);
  const joined = hold?.tokens.get(productId);
  if (hold && joined && joined.length > 0)
    hold.tokens.set(
      productId,
      joined.filter((other) => other !== token),
    );
  count(records, hold?.customer ?? '', -1);
}

function count(records: ProductRecords, customer: string, units: number): void {
  if (units === 0) return;
  const owned = (records.limit.get(customer) ?? 0) + units;
  if (owned <= 0) records.limit.delete(customer);
  else records.limit.set(customer, owned);
}

function drop(list: string[], token: string): void {
  const at = list.indexOf(token);
  if (at >= 0) list.splice(at, 1);
}

function byDeadline(sale: SaleRecords): [string, number][] {
  return [...sale.deadlines].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

function fields({
  opensAtMs,
  closesAtMs,
  holdMs,
  extendMs,
  paused,
  holdsBeforeWait,
  limits,
}: SaleSettings): Map<string, unknown> {
  return new Map<string, unknown>([
    ['opensAtMs', opensAtMs],
    ['closesAtMs', closesAtMs],
    ['holdMs', holdMs],
    ['extendMs', extendMs],
    ['paused', paused],
    ['holdsBeforeWait', holdsBeforeWait],
    ...Object.entries(limits).map(([productId, limit]): [string, unknown] => [`limit:${productId}`, limit]),
  ]);
}
