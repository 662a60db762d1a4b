/** Reconcile: repair Redis from MongoDB, which has the last word. */
export { type CatalogTruth, catalogTruth } from '#lib/reconcile/catalog-truth.ts';
export { type Reconciler, rebuildSale } from '#lib/reconcile/rebuild-sale.ts';
export { type Reconciled, reconcile } from '#lib/reconcile/reconcile.ts';
