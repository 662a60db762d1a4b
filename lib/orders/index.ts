/** Orders: RESERVED, then PAID or CANCELLED for ever. MongoDB decides; Redis is made to follow. */
export { cancel, fresh } from '#lib/orders/cancel.ts';
export { type Checkout, type CheckoutRequest, checkout, repeat } from '#lib/orders/checkout.ts';
export { forEachOrder } from '#lib/orders/each.ts';
export { type Expired, expire } from '#lib/orders/expire.ts';
export { type ExtendOutcome, extend } from '#lib/orders/extend.ts';
export { isLive, type Order, type OrderLine, tokensOf, toLiveOrder } from '#lib/orders/order.ts';
export { follow, restore, type Shop } from '#lib/orders/shop.ts';
export { type OrderQuery, type OrderStore, orderStore, pages } from '#lib/orders/store.ts';
export { type Swept, sweep } from '#lib/orders/sweep.ts';
