import { asVisitor, hold, PRODUCT, SALE, setHoldSeconds, type Visitor, withCart } from '#scripts/showcase/states.ts';
import type { ShopClient } from '#tests/support/http.ts';

/** A page of the way from the door to the payment. */
export interface ShopPage {
  name: string;
  /** @returns where it is now, and by whom it is to be loaded when not by anybody */
  arrange(shop: ShopClient): Promise<{ path: string; visitor?: Visitor }>;
}

/** Longer than any measurement of a page with a hold. */
const MEASURED_HOLD_SECONDS = 600;

export const PAGES: readonly ShopPage[] = [
  { name: 'home', arrange: async () => ({ path: '/' }) },
  { name: 'sale', arrange: async () => ({ path: `/sales/${SALE}` }) },
  { name: 'product', arrange: async () => ({ path: `/sales/${SALE}/${PRODUCT}` }) },
  { name: 'cart', arrange: async (shop) => ({ path: '/cart', visitor: await withCart(shop) }) },
  {
    name: 'checkout',
    async arrange(shop) {
      const shopper = shop.shopper();
      await setHoldSeconds(shop, MEASURED_HOLD_SECONDS);
      const orderId = await hold(shopper, PRODUCT);
      return { path: `/orders/${orderId}`, visitor: asVisitor(shopper) };
    },
  },
];
