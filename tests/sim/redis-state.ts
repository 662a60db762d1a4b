import type { SaleSettings } from '#lib/inventory/index.ts';

/** Records of one product: the live ones, or those that a rebuild fills. */
export interface ProductRecords {
  stock: string[];
  /** token → order */
  held: Map<string, string>;
  sold: Map<string, string>;
  /** customer → units */
  limit: Map<string, number>;
}

export interface HoldRecord {
  customer: string;
  cartId: string;
  key: string;
  itemsFingerprint: string;
  deadlineMs: number;
  extensions: string[];
  tokens: Map<string, string[]>;
}

/** All keys of one sale. */
export interface SaleRecords {
  /** Half of a transaction was executed at a restart: nothing is promised until somebody notices. */
  torn: boolean;
  /** The hash `sale:{S}`; undefined = not ready. */
  ready: (SaleSettings & { epoch: number; minted: Map<string, number> }) | undefined;
  products: Map<string, ProductRecords>;
  holds: Map<string, HoldRecord>;
  /** order → the moment at which the timer is gone */
  timers: Map<string, number>;
  deadlines: Map<string, number>;
  carts: Map<string, { orderId: string; print: string }>;
  keys: Map<string, { orderId: string; print: string; untilMs: number }>;
  /** customer → holds let go unpaid, until when they wait, when it is forgotten */
  unpaid: Map<string, { holds: number; waitMs: number; untilMs: number }>;
  fence: { id: string; untilMs: number } | undefined;
  rebuilding: Map<string, Map<string, ProductRecords>>;
}

/** A whole Redis in memory. */
export type RedisState = Map<string, SaleRecords>;

export const noRecords = (): ProductRecords => ({ stock: [], held: new Map(), sold: new Map(), limit: new Map() });

export function saleRecords(state: RedisState, saleId: string): SaleRecords {
  let sale = state.get(saleId);
  if (!sale) {
    sale = {
      torn: false,
      ready: undefined,
      products: new Map(),
      holds: new Map(),
      timers: new Map(),
      deadlines: new Map(),
      carts: new Map(),
      keys: new Map(),
      unpaid: new Map(),
      fence: undefined,
      rebuilding: new Map(),
    };
    state.set(saleId, sale);
  }
  return sale;
}

export function productRecords(sale: SaleRecords, productId: string): ProductRecords {
  let product = sale.products.get(productId);
  if (!product) {
    product = noRecords();
    sale.products.set(productId, product);
  }
  return product;
}
