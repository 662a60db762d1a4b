import type { Product, Sale } from '#lib/catalog/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';
import { type PaidUnits, paidUnits } from '#lib/reconcile/paid-units.ts';

/** MongoDB's own word on sales, products and what is paid; never a cached one of what may still change. */
export interface CatalogTruth {
  saleIds(): Promise<string[]>;
  /** @param rebuilding count this as a rebuild; @returns undefined when there is no such sale */
  sale(saleId: string, rebuilding: boolean): Promise<{ sale: Sale; products: Product[] } | undefined>;
  /** Orders that were paid in the last LIMITS.paidLatelyMs, newest first, at most LIMITS.paidLatelyOrders. @param nowMs by Redis's clock */
  paidLately(saleId: string, nowMs: number): Promise<string[]>;
  /** PAID units by product. @param nowMs by Redis's clock */
  paidUnits(saleId: string, nowMs: number): Promise<PaidUnits>;
}

/** The real truth. */
export function catalogTruth({ sales, products, orders }: Pick<Models, 'sales' | 'products' | 'orders'>): CatalogTruth {
  return {
    saleIds: () => sales.distinct('_id').then((ids) => ids.map(String)),
    async sale(saleId, rebuilding) {
      const sale = rebuilding
        ? await sales
            .findByIdAndUpdate(
              saleId,
              { $inc: { epoch: 1 }, $set: { rebuiltAt: new Date() } },
              { returnDocument: 'after' },
            )
            .lean<Sale>()
        : await sales.findById(saleId).lean<Sale>();
      if (!sale) return undefined;
      return { sale, products: await products.find({ sale: saleId }, { mints: 0 }).lean<Product[]>() };
    },
    async paidLately(saleId, nowMs) {
      const since = new Date(nowMs - LIMITS.paidLatelyMs);
      const paid = await orders
        .find({ sale: saleId, status: 'PAID', paidAt: { $gte: since } }, { _id: 1 })
        .sort({ paidAt: -1 })
        .limit(LIMITS.paidLatelyOrders)
        .lean();
      return paid.map(({ _id }) => _id);
    },
    paidUnits: paidUnits({ orders }),
  };
}
