/** Catalog: sales and their products, with what is left of them. */
export { aboutCurrentSales, aboutSale, type HomeAbout, type ProductAbout, type SaleAbout } from '#lib/catalog/about.ts';
export {
  addStock,
  changeSale,
  configureSale,
  createProduct,
  createSale,
  ensureEveryday,
  type Merchant,
  type Minted,
  type ProductDraft,
  type SaleDraft,
} from '#lib/catalog/admin.ts';
export { Catalog, EVERYDAY, type Product, type Sale, salesByTurn, settingsOf } from '#lib/catalog/catalog.ts';
export { type LiveSale, LiveSales, toOneSaleAnswer } from '#lib/catalog/live.ts';
