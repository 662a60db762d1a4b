import { type Catalog, settingsOf } from '#lib/catalog/index.ts';
import { type LiveOrder, type Rebuilt, rebuild } from '#lib/inventory/index.ts';
import { isLive, pages, type Shop, toLiveOrder } from '#lib/orders/index.ts';
import type { CatalogTruth } from '#lib/reconcile/catalog-truth.ts';

/** What reconcile compares: MongoDB's catalog and orders with Redis. */
export interface Reconciler extends Shop {
  catalog: Catalog;
  truth: CatalogTruth;
}

/** Write a sale that Redis does not know (any more) anew from MongoDB. Creating a sale is nothing else. */
export async function rebuildSale(
  { inventory, orders, truth, newId }: Omit<Reconciler, 'catalog'>,
  saleId: string,
): Promise<Rebuilt | 'noSale'> {
  if (!(await truth.sale(saleId, false))) return 'noSale';
  return rebuild(inventory, saleId, newId(), {
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
