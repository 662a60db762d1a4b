import { type Catalog, type Product, type Sale, settingsOf } from '#lib/catalog/index.ts';
import { type LiveOrder, type Rebuilt, rebuild } from '#lib/inventory/index.ts';
import type { Models } from '#lib/mongo/models.ts';
import { isLive, pages, type Shop, toLiveOrder } from '#lib/orders/index.ts';

/** What reconcile compares: MongoDB's catalog and orders with Redis. */
export interface Reconciler extends Shop {
  catalog: Catalog;
  truth: CatalogTruth;
}

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
        ? await sales.findByIdAndUpdate(saleId, { $inc: { epoch: 1 } }, { returnDocument: 'after' }).lean<Sale>()
        : await sales.findById(saleId).lean<Sale>();
      if (!sale) return undefined;
      return { sale, products: await products.find({ sale: saleId }, { mints: 0 }).lean<Product[]>() };
    },
  };
}

/** Write a sale that Redis does not know (any more) anew from MongoDB. Creating a sale is nothing else. */
export async function rebuildSale(
  { inventory, orders, truth }: Omit<Reconciler, 'catalog'>,
  saleId: string,
): Promise<Rebuilt | 'noSale'> {
  if (!(await truth.sale(saleId, false))) return 'noSale';
  return rebuild(inventory, saleId, {
    async load() {
      const found = await truth.sale(saleId, true);
      if (!found) throw new Error(`sale ${saleId} is gone`);
      const { sale, products } = found;
      return {
        settings: settingsOf(sale, products),
        epoch: sale.epoch,
        minted: Object.fromEntries(products.map(({ _id, minted }) => [_id, minted])),
      };
    },
    async *liveOrders(): AsyncGenerator<LiveOrder[]> {
      for (const status of ['RESERVED', 'PAID'] as const) {
        for await (const page of pages(orders, { saleId, status })) yield page.filter(isLive).map(toLiveOrder);
      }
    },
  });
}
