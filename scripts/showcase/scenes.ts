import type { Page } from '@playwright/test';
import {
  asVisitor,
  hold,
  holdAllThatIsLeft,
  letExpire,
  NEXT_SALE,
  PRODUCT,
  pay,
  RARE,
  SALE,
  type Visitor,
  withCart,
} from '#scripts/showcase/states.ts';
import type { ShopClient } from '#tests/support/http.ts';

/** One page in one state. */
export interface Scene {
  /** What its pictures are called. */
  name: string;
  /** Bring the state about. @returns where it is to be seen, and by whom when not by anybody */
  arrange(shop: ShopClient): Promise<{ path: string; visitor?: Visitor }>;
  /** Resolves when the page shows that state, in any language. */
  ready(page: Page): Promise<unknown>;
}

const shows = (selector: string) => (page: Page) => page.locator(`main ${selector}`).first().waitFor();
/** A third of the minute has gone. */
const TIME_LEFT = /^0:4[0-4]/;

let payAll = async () => {};

/** In this order, since each one may build on the shoppers of those before. */
export const SCENES: readonly Scene[] = [
  { name: 'home', arrange: async () => ({ path: '/' }), ready: shows('[data-stock=available]') },
  { name: 'sale', arrange: async () => ({ path: `/sales/${SALE}` }), ready: shows('[data-stock=available]') },
  {
    name: 'product',
    arrange: async () => ({ path: `/sales/${SALE}/${PRODUCT}` }),
    ready: shows('[data-stock=available]'),
  },
  {
    name: 'cart',
    arrange: async (shop) => ({ path: '/cart', visitor: await withCart(shop) }),
    ready: shows('section'),
  },
  {
    name: 'hold',
    async arrange(shop) {
      const shopper = shop.shopper();
      return { path: `/orders/${await hold(shopper, PRODUCT)}`, visitor: asVisitor(shopper) };
    },
    async ready(page) {
      await shows('article img')(page);
      await page.locator('main [role=timer]', { hasText: TIME_LEFT }).waitFor();
    },
  },
  {
    name: 'confirmation',
    async arrange(shop) {
      const shopper = shop.shopper();
      const orderId = await hold(shopper, PRODUCT);
      await pay(shopper, orderId);
      return { path: `/orders/${orderId}`, visitor: asVisitor(shopper) };
    },
    async ready(page) {
      await shows('article img')(page); // comes with the edition's size
      await shows('form')(page);
    },
  },
  {
    name: 'expired',
    async arrange(shop) {
      const shopper = shop.shopper();
      return { path: `/orders/${await letExpire(shop, shopper, PRODUCT)}`, visitor: asVisitor(shopper) };
    },
    ready: shows('article img'),
  },
  {
    name: 'all-in-checkouts',
    async arrange(shop) {
      payAll = await holdAllThatIsLeft(shop, RARE);
      return { path: `/sales/${SALE}/${RARE}` };
    },
    ready: shows('p:has([data-stock=allHeld]) ~ button'),
  },
  {
    name: 'sold-out',
    async arrange() {
      await payAll();
      return { path: `/sales/${SALE}/${RARE}` };
    },
    async ready(page) {
      await shows('[data-stock=soldOut]')(page);
      await shows(`a[href="/sales/${NEXT_SALE}"]`)(page);
    },
  },
];
