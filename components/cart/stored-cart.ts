'use client';

import { browserStore } from '#components/browser-store.ts';

/** The cart of this browser, and which order each of its sales was checked out into last. */
export interface StoredCart {
  cartId: string;
  orders: Record<string, string>;
}

export const storedCart = browserStore<StoredCart>('holdfast.cart');

/** Whether this browser ever put or checked out anything; before that it has no orders to ask for. */
export const knownShopper = browserStore<true>('holdfast.shopper');

export function rememberCheckout(saleId: string, orderId: string): void {
  const cart = storedCart.read();
  if (cart) storedCart.write({ ...cart, orders: { ...cart.orders, [saleId]: orderId } });
}
