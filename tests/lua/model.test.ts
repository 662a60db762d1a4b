import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commit, type LiveOrder, mint, rebuild, release } from '#lib/inventory/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';
import { keys } from '#lib/redis/keys.ts';
import { extent } from '#tests/support/extent.ts';
import { type FreshSale, freshSale, reserveRequest, world } from '#tests/support/world.ts';

/** What must be true of one sale of two products, whatever is done to it. */
interface Model {
  minted: number[];
  /** Every order ever made, by the number of its reserve. */
  orders: { order: LiveOrder; state: 'held' | 'sold' | 'free' }[];
}

interface Real {
  shop: HoldfastProcess;
  sale: FreshSale;
}

interface Command {
  run(model: Model, real: Real): Promise<void>;
  toString(): string;
}

const LIMIT = 4;
const customers = ['guest-a', 'guest-b', 'guest-c'];

const owned = (model: Model, state: 'held' | 'sold', product: string) =>
  model.orders.filter((made) => made.state === state).flatMap(({ order }) => order.tokens[product] ?? []);

/** I1 on the real thing, and the model's own counts. */
async function check(model: Model, { shop, sale }: Real): Promise<void> {
  for (const [i, productId] of sale.productIds.entries()) {
    const held = owned(model, 'held', productId).length;
    const sold = owned(model, 'sold', productId).length;
    const minted = model.minted[i]!;
    expect(await shop.inventory.inspect(sale.saleId, productId, { close: false, thorough: true })).toEqual({
      status: 'sound',
      free: minted - held - sold,
      held,
      sold,
      minted,
    });
  }
}

/** A command: what it does, as a name for the report, then I1. */
const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  run: async (model, real) => {
    await run(model, real);
    await check(model, real);
  },
  toString: () => name,
});

const pick = (model: Model, n: number) => model.orders[n % Math.max(1, model.orders.length)];

const commands = [
  fc
    .tuple(fc.nat(2), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 2 }))
    .map(([who, quantities]) =>
      command(`reserve ${quantities} for ${customers[who]}`, async (model, { shop, sale }) => {
        const customer = customers[who]!;
        const request = reserveRequest(sale, { customer, quantities });
        const outcome = await shop.inventory.reserve(request);
        const has = (p: string) =>
          model.orders
            .filter(({ order, state }) => order.customer === customer && state !== 'free')
            .flatMap(({ order }) => order.tokens[p] ?? []).length;
        const free = (p: string, i: number) =>
          model.minted[i]! - owned(model, 'held', p).length - owned(model, 'sold', p).length;
        const over = request.lines.some(({ productId, quantity }) => has(productId) + quantity > LIMIT);
        const short = request.lines.some(({ productId, quantity }, i) => free(productId, i) < quantity);
        expect(outcome.status).toBe(over ? 'limitReached' : short ? 'outOfStock' : 'reserved');
        if (outcome.status !== 'reserved') return;
        const { orderId, cartId, key, requestFingerprint, itemsFingerprint } = request;
        for (const [p, tokens] of Object.entries(outcome.tokens)) {
          const taken = new Set([...owned(model, 'held', p), ...owned(model, 'sold', p)]);
          expect(tokens.some((token) => taken.has(token))).toBe(false);
        }
        model.orders.push({
          order: {
            orderId,
            customer,
            cartId,
            key,
            requestFingerprint,
            itemsFingerprint,
            createdAtMs: outcome.nowMs,
            status: 'RESERVED',
            deadlineMs: outcome.deadlineMs,
            extensions: [],
            tokens: outcome.tokens,
          },
          state: 'held',
        });
      }),
    ),
  fc.nat().map((n) =>
    command(`release ${n}`, async (model, { shop, sale }) => {
      const made = pick(model, n);
      const outcome = await release(shop.inventory, sale.saleId, made?.order.orderId ?? randomUUID());
      expect(outcome.status).toBe(made?.state === 'held' ? 'released' : 'absent');
      if (made?.state === 'held') made.state = 'free';
    }),
  ),
  fc.nat().map((n) =>
    command(`commit ${n}`, async (model, { shop, sale }) => {
      const made = pick(model, n);
      if (!made) return;
      const { order } = made;
      const buyers = (p: string, token: string) =>
        model.orders.find(
          (other) => other !== made && other.state === 'sold' && other.order.tokens[p]?.includes(token),
        );
      const taken = Object.entries(order.tokens).some(([p, tokens]) => tokens.some((token) => buyers(p, token)));
      const outcome = await commit(shop.inventory, sale.saleId, order);
      expect(outcome.status).toBe(taken ? 'soldToAnother' : 'committed');
      if (taken) return;
      made.state = 'sold';
      for (const other of model.orders) {
        // whoever held one of its units has lost it
        if (other === made || other.state !== 'held') continue;
        for (const [p, tokens] of Object.entries(other.order.tokens)) {
          other.order = {
            ...other.order,
            tokens: { ...other.order.tokens, [p]: tokens.filter((token) => !order.tokens[p]?.includes(token)) },
          };
        }
      }
    }),
  ),
  fc.nat().map((n) =>
    command(`restore ${n}`, async (model, { shop, sale }) => {
      const made = pick(model, n);
      if (!made || made.state === 'sold') return; // only a live RESERVED order is ever restored
      await shop.inventory.restore(sale.saleId, made.order, '');
      const others = model.orders.filter((other) => other !== made && other.state !== 'free');
      const tokens = Object.fromEntries(
        Object.entries(made.order.tokens).map(([p, list]) => [
          p,
          list.filter((token) => !others.some(({ order }) => order.tokens[p]?.includes(token))),
        ]),
      );
      made.order = { ...made.order, tokens };
      made.state = 'held';
    }),
  ),
  fc.tuple(fc.nat(), fc.constantFrom('asked' as const, 'paying' as const)).map(([n, reason]) =>
    command(`extend ${n} ${reason}`, async (model, { shop, sale }) => {
      const made = pick(model, n);
      const before = made?.order.extensions.includes(reason);
      const outcome = await shop.inventory.extend(sale.saleId, made?.order.orderId ?? randomUUID(), reason);
      expect(outcome.status).toBe(made?.state !== 'held' ? 'absent' : before ? 'alreadyExtended' : 'extended');
      if (made && outcome.status === 'extended')
        made.order = { ...made.order, deadlineMs: outcome.deadlineMs, extensions: [...made.order.extensions, reason] };
    }),
  ),
  fc.tuple(fc.nat(1), fc.nat(3)).map(([i, more]) =>
    command(`mint ${more} of ${i}`, async (model, { shop, sale }) => {
      model.minted[i]! += more;
      await mint(shop.inventory, sale.saleId, sale.productIds[i]!, model.minted[i]!);
    }),
  ),
  fc.nat(2).map((kind) =>
    command(
      ['rebuild', 'rebuild after a flush', 'rebuild, the fence held by another'][kind]!,
      async (model, { shop, sale }) => {
        const { saleId } = sale;
        if (kind === 1)
          await shop.redis.del(
            ...[
              ...model.orders.flatMap(({ order }) => [
                keys.hold(saleId, order.orderId),
                keys.timer(saleId, order.orderId),
              ]),
              keys.deadlines(saleId),
              ...sale.productIds.flatMap((p) => [
                keys.stock(saleId, p),
                keys.held(saleId, p),
                keys.sold(saleId, p),
                keys.limit(saleId, p),
              ]),
            ],
          );
        await shop.redis.del(keys.sale(saleId));
        if (kind === 2) await shop.redis.set(keys.rebuild(saleId), 'another');
        const again = () =>
          rebuild(shop.inventory, saleId, shop.newId(), {
            load: async () => ({
              settings: {
                opensAtMs: 0,
                closesAtMs: 0,
                holdMs: 60_000,
                extendMs: 60_000,
                paused: false,
                holdsBeforeWait: 0,
                limits: Object.fromEntries(sale.productIds.map((p) => [p, LIMIT])),
              },
              minted: Object.fromEntries(sale.productIds.map((p, i) => [p, model.minted[i]!])),
              epoch: 2,
            }),
            async *liveOrders() {
              yield model.orders
                .filter(({ state }) => state !== 'free')
                .map(({ order, state }) => ({
                  ...order,
                  status: state === 'held' ? ('RESERVED' as const) : ('PAID' as const),
                }));
            },
          });
        if (kind === 2) {
          expect(await again()).toBe('fenced');
          await shop.redis.del(keys.rebuild(saleId));
        }
        expect(await again()).toBe('ready');
      },
    ),
  ),
];

const HISTORIES = extent({ sample: 60, whole: 300 });

test(`${HISTORIES} histories of 30 random commands: after each, free, held and sold are disjoint and together all units`, async () => {
  const shop = await world();
  const setup = async () => {
    const sale = await freshSale(shop, { units: [6, 3], limit: LIMIT });
    return { model: { minted: [6, 3], orders: [] }, real: { shop, sale } };
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...commands), { minLength: 30, maxLength: 30 }), async (all) => {
      const { model, real } = await setup();
      for (const each of all) await each.run(model, real);
    }),
    { numRuns: HISTORIES },
  );
}, 240_000);
