/** Units of one product under one order: productId → tokens (`<productId>-<n>`). */
export type TokensByProduct = Record<string, string[]>;

/** One line of a checkout: each product at most once (the same product on two lines is added up before). */
export interface Line {
  productId: string;
  quantity: number;
}

export interface ReserveRequest {
  saleId: string;
  orderId: string;
  customer: string;
  /** Empty when buying without a cart. */
  cartId: string;
  /** Explicit idempotency key; empty when there is none. */
  key: string;
  /** What makes two requests under one key the same request. */
  requestFingerprint: string;
  /** What makes two checkouts of one cart the same checkout. */
  itemsFingerprint: string;
  /** The price is not the one that the customer agreed to: answer a known order, but hold nothing new. */
  priceChanged?: boolean;
  lines: Line[];
}

/** What reserve.lua answers. Times are ms of Redis's clock. */
export type Reserved =
  | { status: 'reserved'; nowMs: number; deadlineMs: number; tokens: TokensByProduct }
  | { status: 'saleNotReady'; nowMs: number }
  | { status: 'saleNotOpen'; nowMs: number; opensAtMs: number }
  | { status: 'salePaused'; nowMs: number }
  | { status: 'priceChanged'; nowMs: number }
  | { status: 'saleClosed'; nowMs: number; closesAtMs: number }
  | { status: 'known'; nowMs: number; orderId: string; by: 'key' | 'cart' }
  | { status: 'holdCooldown'; nowMs: number; untilMs: number }
  | { status: 'keyReused'; nowMs: number; orderId: string }
  | { status: 'cartOnHold'; nowMs: number; orderId: string }
  | {
      status: 'limitReached';
      nowMs: number;
      items: { productId: string; requested: number; limit: number; owned: number }[];
    }
  | {
      status: 'outOfStock';
      nowMs: number;
      items: { productId: string; requested: number; available: number; held: number }[];
    };

/** A hold as it stands in Redis. */
export interface Hold {
  orderId: string;
  customer: string;
  cartId: string;
  key: string;
  itemsFingerprint: string;
  deadlineMs: number;
  extensions: string[];
  tokens: TokensByProduct;
}

export type HoldLook =
  | { status: 'held'; nowMs: number; timerRuns: boolean; hold: Hold }
  | { status: 'absent'; nowMs: number }
  | { status: 'saleNotReady'; nowMs: number };

export type ExtendReason = 'asked' | 'paying';

export type Extended =
  | { status: 'extended'; nowMs: number; deadlineMs: number }
  | { status: 'alreadyExtended'; nowMs: number; deadlineMs: number }
  | { status: 'expired'; nowMs: number }
  | { status: 'absent'; nowMs: number }
  | { status: 'saleNotReady'; nowMs: number };

export type Released = { status: 'released'; units: number } | { status: 'absent' } | { status: 'saleNotReady' };

export type Committed =
  | { status: 'committed'; newlySold: number }
  | { status: 'soldToAnother'; token: string; orderId: string }
  | { status: 'saleNotReady' };

/** What Redis must know of a live order to hold or sell its tokens: the order's own facts, from MongoDB. */
export interface LiveOrder {
  orderId: string;
  status: 'RESERVED' | 'PAID';
  customer: string;
  cartId: string;
  key: string;
  requestFingerprint: string;
  itemsFingerprint: string;
  createdAtMs: number;
  deadlineMs: number;
  extensions: string[];
  tokens: TokensByProduct;
}

/** A sale's settings as Redis keeps them. 0 = always open / never closes. */
export interface SaleSettings {
  opensAtMs: number;
  closesAtMs: number;
  holdMs: number;
  extendMs: number;
  paused: boolean;
  /** Holds that a customer may let go unpaid before they wait for the next; 0 = any number. */
  holdsBeforeWait: number;
  /** productId → most units a customer may own; 0 = no limit. */
  limits: Record<string, number>;
}

export interface ProductCounts {
  available: number;
  held: number;
  sold: number;
  minted: number;
}

export type SaleCounts =
  | {
      status: 'counts';
      nowMs: number;
      opensAtMs: number;
      closesAtMs: number;
      paused: boolean;
      epoch: number;
      products: Record<string, ProductCounts>;
    }
  | { status: 'saleNotReady'; nowMs: number };

export type Inspected =
  | ({ status: 'sound' } & InspectedCounts)
  | ({ status: 'unsound'; wrong: string } & InspectedCounts)
  | { status: 'saleNotReady' };

interface InspectedCounts {
  free: number;
  held: number;
  sold: number;
  minted: number;
}

/** What a caller must have read of a hold before it may release it. */
export interface HoldKeys {
  saleId: string;
  orderId: string;
  cartId: string;
  productIds: string[];
  /** The customer whose unpaid hold this was; without it nobody's patience is spent. */
  unpaidBy?: string;
  /** The idempotency key that may make another order: this one was withdrawn before anybody heard of it. */
  frees?: { customer: string; key: string };
}

/** How a step of a rebuild ended: `fenced` = another rebuilder is the owner; `incomplete` = Redis lost earlier steps. */
export type RebuildStep = 'done' | 'fenced' | 'alreadyReady' | 'incomplete';
