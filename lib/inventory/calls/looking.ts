import type { Redis } from 'ioredis';
import { call, toHold } from '#lib/inventory/calls/words.ts';
import { type RunScript, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { HoldLook, Inspected, SaleCounts } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';

/** The looks at one instant: hold, due, counts, inspect. */
export function looking(run: RunScript) {
  return {
    async readHold(saleId: string, orderId: string): Promise<HoldLook> {
      const [word, nowMs, timerRuns, ...fields] = await call(
        run,
        'read-hold',
        [keys.sale(saleId), keys.hold(saleId, orderId), keys.timer(saleId, orderId)],
        [],
      );
      switch (word) {
        case 'held':
          return { status: word, nowMs, timerRuns: Number(timerRuns) === 1, hold: toHold(orderId, fields as string[]) };
        case 'absent':
        case 'saleNotReady':
          return { status: word, nowMs };
        default:
          throw new UnknownReplyError('read-hold', word);
      }
    },

    async due(saleId: string) {
      const [word, nowMs, ...orders] = await call(
        run,
        'due',
        [keys.sale(saleId), keys.deadlines(saleId)],
        [LIMITS.dueBatch],
      );
      switch (word) {
        case 'due':
          return { status: word, nowMs, orderIds: orders.map(String) } as const;
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('due', word);
      }
    },

    async counts(saleId: string, productIds: string[]): Promise<SaleCounts> {
      const [word, nowMs, ...rest] = await call(
        run,
        'counts',
        [
          keys.sale(saleId),
          ...productIds.flatMap((p) => [keys.stock(saleId, p), keys.held(saleId, p), keys.sold(saleId, p)]),
        ],
        productIds,
      );
      switch (word) {
        case 'counts': {
          const [opensAtMs, closesAtMs, paused, epoch, ...units] = rest.map(Number) as [
            number,
            number,
            number,
            number,
            ...number[],
          ];
          const products = Object.fromEntries(
            productIds.map((productId, i) => {
              const [available, held, sold, minted] = units.slice(4 * i, 4 * i + 4) as [number, number, number, number];
              return [productId, { available, held, sold, minted }];
            }),
          );
          return { status: word, nowMs, opensAtMs, closesAtMs, paused: paused === 1, epoch, products };
        }
        case 'saleNotReady':
          return { status: word, nowMs };
        default:
          throw new UnknownReplyError('counts', word);
      }
    },

    async inspect(
      saleId: string,
      productId: string,
      { close, thorough }: { close: boolean; thorough: boolean },
    ): Promise<Inspected> {
      const [word, , free, held, sold, minted, wrong] = await call(
        run,
        'inspect',
        [
          keys.sale(saleId),
          keys.deadlines(saleId),
          keys.stock(saleId, productId),
          keys.held(saleId, productId),
          keys.sold(saleId, productId),
          keys.limit(saleId, productId),
        ],
        [productId, close ? 1 : 0, thorough ? 1 : 0],
      );
      const counts = { free: Number(free), held: Number(held), sold: Number(sold), minted: Number(minted) };
      switch (word) {
        case 'sound':
          return { status: word, ...counts };
        case 'unsound':
          return { status: word, ...counts, wrong: String(wrong) };
        case 'saleNotReady':
          return { status: word };
        default:
          throw new UnknownReplyError('inspect', word);
      }
    },
  };
}

/** The plain lists, page by page. */
export function listing(redis: Redis) {
  return {
    async ownersOf(saleId: string, productId: string, record: 'sold' | 'held', tokens: string[]) {
      return tokens.length === 0 ? [] : redis.hmget(keys[record](saleId, productId), ...tokens);
    },
    async ownersPage(saleId: string, productId: string, record: 'sold' | 'held', cursor: string) {
      const [next, flat] = await redis.hscan(keys[record](saleId, productId), cursor, 'COUNT', LIMITS.orderBatch);
      const owners = Array.from({ length: flat.length / 2 }, (_, i): [string, string] => [
        flat[2 * i]!,
        flat[2 * i + 1]!,
      ]);
      return { cursor: next, owners };
    },
    async holdsPage(saleId: string, offset: number, limit: number) {
      const flat = await redis.zrange(keys.deadlines(saleId), String(offset), String(offset + limit - 1), 'WITHSCORES');
      return Array.from({ length: flat.length / 2 }, (_, i) => ({
        orderId: flat[2 * i]!,
        deadlineMs: Number(flat[2 * i + 1]),
      }));
    },
    holdsCount: (saleId: string) => redis.zcard(keys.deadlines(saleId)),
    stockPage: (saleId: string, productId: string, offset: number, limit: number) =>
      redis.lrange(keys.stock(saleId, productId), offset, offset + limit - 1),
  };
}
