import type { Redis } from 'ioredis';
import { byProduct, call, keyMemory, settingFields, unitKeys } from '#lib/inventory/calls/words.ts';
import { type RunScript, type ScriptName, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { LiveOrder, RebuildStep, SaleSettings } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys, underRebuild } from '#lib/redis/keys.ts';

/** The steps of a rebuild, each behind its fence. */
export function rebuilding(run: RunScript, redis: Redis) {
  const fence = (saleId: string) => [keys.sale(saleId), keys.rebuild(saleId)];
  const step = async (
    name: ScriptName,
    names: string[],
    args: (string | number)[],
    done: string,
  ): Promise<RebuildStep> => {
    const [word] = await call(run, name, names, args);
    if (word === done) return 'done';
    if (word === 'fenced' || word === 'alreadyReady' || word === 'incomplete') return word;
    throw new UnknownReplyError(name, word);
  };
  return {
    async close(saleId: string) {
      await redis.del(keys.sale(saleId));
    },

    async rebuildStart(saleId: string, rebuildId: string) {
      const key = keys.rebuild(saleId);
      if ((await redis.set(key, rebuildId, 'PX', LIMITS.rebuildLeaseMs, 'NX')) === 'OK') return true;
      return (await redis.get(key)) === rebuildId; // sent again, its first reply lost
    },

    async rebuildClear(saleId: string, rebuildId: string) {
      const orders = await redis.zrange(keys.deadlines(saleId), '0', String(LIMITS.orderBatch - 1));
      const done = await step(
        'rebuild-clear',
        [
          ...fence(saleId),
          keys.deadlines(saleId),
          ...orders.flatMap((o) => [keys.hold(saleId, o), keys.timer(saleId, o)]),
        ],
        [rebuildId, LIMITS.rebuildLeaseMs, ...orders],
        'cleared',
      );
      return { step: done, cleared: orders.length };
    },

    rebuildOrder(saleId: string, rebuildId: string, order: LiveOrder) {
      const fresh = (key: string) => underRebuild(key, rebuildId);
      return step(
        'rebuild-order',
        [
          ...fence(saleId),
          keys.deadlines(saleId),
          keys.hold(saleId, order.orderId),
          keys.timer(saleId, order.orderId),
          keys.cart(saleId, order.cartId),
          keys.idem(saleId, order.customer, order.key),
          ...Object.keys(order.tokens).flatMap((p) => [
            fresh(keys.held(saleId, p)),
            fresh(keys.sold(saleId, p)),
            fresh(keys.limit(saleId, p)),
          ]),
        ],
        [
          rebuildId,
          LIMITS.rebuildLeaseMs,
          LIMITS.rebuildLeftoverMs,
          order.orderId,
          order.status,
          order.customer,
          order.cartId,
          order.key,
          order.itemsFingerprint,
          order.deadlineMs,
          order.extensions.join(','),
          ...keyMemory(order),
          ...byProduct(order.tokens),
        ],
        'placed',
      );
    },

    rebuildStock(saleId: string, rebuildId: string, productId: string, first: number, last: number) {
      const fresh = (key: string) => underRebuild(key, rebuildId);
      return step(
        'rebuild-stock',
        [
          ...fence(saleId),
          fresh(keys.stock(saleId, productId)),
          fresh(keys.held(saleId, productId)),
          fresh(keys.sold(saleId, productId)),
        ],
        [rebuildId, LIMITS.rebuildLeaseMs, LIMITS.rebuildLeftoverMs, productId, first, last],
        'pushed',
      );
    },

    rebuildFinish(
      saleId: string,
      rebuildId: string,
      settings: SaleSettings,
      minted: Record<string, number>,
      epoch: number,
    ) {
      const records = Object.keys(minted)
        .flatMap((p) => unitKeys(saleId, p))
        .flatMap((key) => [underRebuild(key, rebuildId), key]);
      const watermarks = Object.entries(minted).flatMap(([productId, units]) => [`minted:${productId}`, units]);
      return step(
        'rebuild-finish',
        [...fence(saleId), ...records],
        [
          rebuildId,
          keys.changes(saleId),
          Object.keys(minted).length,
          ...Object.values(minted),
          ...settingFields(settings),
          'epoch',
          epoch,
          ...watermarks,
        ],
        'ready',
      );
    },
  };
}
