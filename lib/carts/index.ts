/** Carts: what a shopper wants. They never touch stock. */
export { type Cart, type CartChange, Carts } from '#lib/carts/carts.ts';
