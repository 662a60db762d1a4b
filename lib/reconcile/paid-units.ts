import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';

/** productId → units of PAID orders. */
export type PaidUnits = Record<string, number>;

/**
 * Counts the PAID units of a sale, reading only what was paid since it counted last: PAID is for ever, so what was paid long
 * ago is counted once in a process's life. A decision that reached MongoDB minutes after it was made may be left out: too
 * small a sum lets a lack in Redis go unnoticed until the next thorough look, and never feigns one.
 */
export function paidUnits({ orders }: Pick<Models, 'orders'>): (saleId: string, nowMs: number) => Promise<PaidUnits> {
  const counted = new Map<string, { untilMs: number; units: PaidUnits }>();

  const count = async (saleId: string, paidAt: { $gte: Date; $lt?: Date }): Promise<PaidUnits> => {
    const rows = await orders.collection
      .aggregate<{ _id: string; units: number }>([
        { $match: { sale: saleId, status: 'PAID', paidAt } },
        { $unwind: '$items' },
        { $group: { _id: '$items.product', units: { $sum: { $size: '$items.tokens' } } } },
      ])
      .toArray();
    return Object.fromEntries(rows.map(({ _id, units }) => [_id, units]));
  };

  return async (saleId, nowMs) => {
    const untilMs = nowMs - LIMITS.paidLatelyMs;
    const before = counted.get(saleId);
    const base = before && before.untilMs <= untilMs ? before : { untilMs: 0, units: {} }; // else Redis's clock went back
    const [older, lately] = await Promise.all([
      count(saleId, { $gte: new Date(base.untilMs), $lt: new Date(untilMs) }),
      count(saleId, { $gte: new Date(untilMs) }),
    ]);
    const units = sum(base.units, older);
    counted.set(saleId, { untilMs, units });
    return sum(units, lately);
  };
}

function sum(some: PaidUnits, more: PaidUnits): PaidUnits {
  const all = { ...some };
  for (const [productId, units] of Object.entries(more)) all[productId] = (all[productId] ?? 0) + units;
  return all;
}
