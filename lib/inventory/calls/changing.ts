import { call, holdKeys, settingFields } from '#lib/inventory/calls/words.ts';
import { type RunScript, UnknownReplyError } from '#lib/inventory/lua.ts';
import type { Extended, ExtendReason, SaleSettings } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';
import { keys } from '#lib/redis/keys.ts';

/** The transitions of a deadline, a stock and a sale's settings: extend, mint, configure. */
export function changing(run: RunScript) {
  return {
    async extend(saleId: string, orderId: string, reason: ExtendReason): Promise<Extended> {
      const [word, nowMs, deadlineMs] = await call(run, 'extend', holdKeys(saleId, orderId), [
        orderId,
        reason,
        keys.changes(saleId),
        LIMITS.ledgerEntries,
      ]);
      switch (word) {
        case 'extended':
        case 'alreadyExtended':
          return { status: word, nowMs, deadlineMs: Number(deadlineMs) };
        case 'expired':
        case 'absent':
        case 'saleNotReady':
          return { status: word, nowMs };
        default:
          throw new UnknownReplyError('extend', word);
      }
    },

    async mint(saleId: string, productId: string, minted: number) {
      const [word, , watermark] = await call(
        run,
        'mint',
        [
          keys.sale(saleId),
          keys.stock(saleId, productId),
          keys.held(saleId, productId),
          keys.sold(saleId, productId),
          keys.ledger(saleId),
        ],
        [productId, minted, LIMITS.tokensPerMintScript, keys.changes(saleId), LIMITS.ledgerEntries],
      );
      switch (word) {
        case 'minted':
          return { status: word, watermark: Number(watermark) } as const;
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('mint', word);
      }
    },

    async configure(saleId: string, settings: SaleSettings) {
      const [word, , differed] = await call(
        run,
        'configure',
        [keys.sale(saleId)],
        [keys.changes(saleId), ...settingFields(settings)],
      );
      switch (word) {
        case 'configured':
          return { status: word, differed: Number(differed) } as const;
        case 'saleNotReady':
          return { status: word } as const;
        default:
          throw new UnknownReplyError('configure', word);
      }
    },
  };
}
