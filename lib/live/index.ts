/** Live: what changes in a sale, pushed to whoever watches. */
export { SaleEvents } from '#lib/live/sale-events.ts';
