import type { Product, Sale } from '#lib/catalog/index.ts';
import type { Models } from '#lib/mongo/models.ts';

/** MongoDB's own word on sales and products, never a cached one. */
export interface CatalogTruth {
  saleIds(): Promise<string[]>;
  /** @param rebuilding count this as a rebuild; @returns undefined when there is no such sale */
  sale(saleId: string, rebuilding: boolean): Promise<{ sale: Sale; products: Product[] } | undefined>;
}

/** The real truth. */
export function catalogTruth({ sales, products }: Pick<Models, 'sales' | 'products'>): CatalogTruth {
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
  };
}
