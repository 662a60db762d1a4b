import { byProduct, call, holdKeys, keyMemory, split, threes, unitKeys } from '#lib/inventory/calls/words.ts';
import { type RunScript, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { HoldKeys, LiveOrder, Reserved, ReserveRequest } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';

/** The transitions of one order's units: reserve, release, commit, restore. */
export function holding(run: RunScript) {
  return {
    async reserve(request: ReserveRequest): Promise<Reserved> {
      const { saleId, orderId, customer, cartId, key, lines } = request;
      const [word, nowMs, ...rest] = await call(
        run,
        'reserve',
        [
          keys.sale(saleId),
          keys.hold(saleId, orderId),
          keys.timer(saleId, orderId),
          keys.deadlines(saleId),
          keys.ledger(saleId),
          keys.cart(saleId, cartId),
          keys.idem(saleId, customer, key),
          keys.unpaid(saleId, customer),
          ...lines.flatMap(({ productId }) => [
            keys.stock(saleId, productId),
            keys.held(saleId, productId),
            keys.limit(saleId, productId),
          ]),
        ],
        [
          orderId,
          customer,
          cartId,
          key,
          request.requestFingerprint,
          request.itemsFingerprint,
          keys.changes(saleId),
          LIMITS.idempotencyMs,
          LIMITS.ledgerEntries,
          request.priceChanged ? '1' : '',
          ...lines.flatMap(({ productId, quantity }) => [productId, quantity]),
        ],
      );
      switch (word) {
        case 'reserved': {
          const [deadlineMs, ...joined] = rest as [number, ...string[]];
          return {
            status: word,
            nowMs,
            deadlineMs,
            tokens: Object.fromEntries(lines.map(({ productId }, i) => [productId, split(joined[i])])),
          };
        }
        case 'saleNotReady':
        case 'salePaused':
        case 'priceChanged':
          return { status: word, nowMs };
        case 'saleNotOpen':
          return { status: word, nowMs, opensAtMs: Number(rest[0]) };
        case 'saleClosed':
          return { status: word, nowMs, closesAtMs: Number(rest[0]) };
        case 'known':
          return { status: word, nowMs, orderId: String(rest[0]), by: rest[1] === 'key' ? 'key' : 'cart' };
        case 'keyReused':
        case 'cartOnHold':
          return { status: word, nowMs, orderId: String(rest[0]) };
        case 'holdCooldown':
          return { status: word, nowMs, untilMs: Number(rest[0]) };
        case 'limitReached':
          return {
            status: word,
            nowMs,
            items: threes(rest, lines).map(({ a, b, ...item }) => ({ ...item, limit: a, owned: b })),
          };
        case 'outOfStock':
          return {
            status: word,
            nowMs,
            items: threes(rest, lines).map(({ a, b, ...item }) => ({ ...item, available: a, held: b })),
          };
        default:
          throw new UnknownReplyError('reserve', word);
      }
    },

    async release({ saleId, orderId, cartId, productIds, unpaidBy = '', frees }: HoldKeys) {
      const [word, , units] = await call(
        run,
        'release',
        [
          ...holdKeys(saleId, orderId),
          keys.cart(saleId, cartId),
          keys.unpaid(saleId, unpaidBy),
          keys.idem(saleId, frees?.customer ?? '', frees?.key ?? ''),
          ...productIds.flatMap((p) => [keys.stock(saleId, p), keys.held(saleId, p), keys.limit(saleId, p)]),
        ],
        [
          orderId,
          cartId,
          keys.changes(saleId),
          LIMITS.ledgerEntries,
          unpaidBy === '' ? 0 : 1,
          LIMITS.holdWaitMs,
          LIMITS.holdWaitMostMs,
          LIMITS.unpaidHoldsMs,
          frees?.key ?? '',
          ...productIds,
        ],
      );
      switch (word) {
        case 'released':
          return { status: word, units: Number(units) } as const;
        case 'absent':
        case 'changed':
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('release', word);
      }
    },

    async commit(saleId: string, order: LiveOrder, otherHolds: string[]) {
      const products = Object.keys(order.tokens);
      const [word, , ...rest] = await call(
        run,
        'commit',
        [
          ...holdKeys(saleId, order.orderId),
          keys.cart(saleId, order.cartId),
          keys.unpaid(saleId, order.customer),
          ...products.flatMap((p) => unitKeys(saleId, p)),
          ...otherHolds.map((other) => keys.hold(saleId, other)),
        ],
        [
          order.orderId,
          order.customer,
          order.cartId,
          keys.changes(saleId),
          LIMITS.ledgerEntries,
          products.length,
          ...byProduct(order.tokens),
          ...otherHolds,
        ],
      );
      switch (word) {
        case 'committed':
          return { status: word, newlySold: Number(rest[0]) } as const;
        case 'again':
          return { status: word, orderIds: rest.map(String) } as const;
        case 'soldToAnother':
          return { status: word, token: String(rest[0]), orderId: String(rest[1]) } as const;
        case 'changed':
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('commit', word);
      }
    },

    async restore(saleId: string, order: LiveOrder, from: string) {
      const [word, , back, missing] = await call(
        run,
        'restore',
        [
          ...holdKeys(saleId, order.orderId),
          keys.cart(saleId, order.cartId),
          keys.hold(saleId, from),
          keys.idem(saleId, order.customer, order.key),
          ...Object.keys(order.tokens).flatMap((p) => unitKeys(saleId, p)),
        ],
        [
          order.orderId,
          order.customer,
          order.cartId,
          order.key,
          order.itemsFingerprint,
          order.deadlineMs,
          order.extensions.join(','),
          keys.changes(saleId),
          LIMITS.ledgerEntries,
          from,
          ...keyMemory(order),
          ...byProduct(order.tokens),
        ],
      );
      switch (word) {
        case 'restored':
          return { status: word, back: Number(back), missing: Number(missing) } as const;
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('restore', word);
      }
    },
  };
}
