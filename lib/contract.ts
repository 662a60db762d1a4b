/**
 * The answers of the HTTP API, as types. Pure types: handlers build them, pages and scripts read them.
 * Amounts are integer minor units of `currency` (ISO 4217); times are ISO 8601 in UTC; `expiresIn` is whole seconds, never more than is left.
 */

/** What a shopper can do with a sale now. `restoring` = its stock is being rebuilt: nothing is sold, nothing is lost. */
export type SaleState = 'upcoming' | 'open' | 'paused' | 'closed' | 'restoring';

export interface ProductAnswer {
  productId: string;
  saleId: string;
  name: string;
  description: string;
  /** Name of a drawing under /art, without its ending. */
  art: string;
  price: number;
  currency: string;
  limitPerCustomer: number | null;
  /** Units in each place; null while the sale is restoring. `minted` = all units: "No. 17 of 100". */
  available: number | null;
  held: number | null;
  sold: number | null;
  minted: number;
}

export interface SaleAnswer {
  saleId: string;
  name: string;
  description: string;
  currency: string;
  /** Null = always open / never closes. */
  opensAt: string | null;
  closesAt: string | null;
  holdSeconds: number;
  extendSeconds: number;
  state: SaleState;
  products: ProductAnswer[];
}

export interface ProductsAnswer {
  products: ProductAnswer[];
  serverTime: string;
}

export interface SalesAnswer {
  sales: SaleAnswer[];
  serverTime: string;
}

/** GET /api/sales/:id, and the `data:` of each `sale` event of GET /api/sales/:id/events. */
export interface OneSaleAnswer extends SaleAnswer {
  serverTime: string;
}

export interface CartLineAnswer {
  productId: string;
  saleId: string;
  name: string;
  art: string;
  price: number;
  currency: string;
  quantity: number;
}

export interface CartAnswer {
  cartId: string;
  /** closed = an order made from it was paid; make a new cart. */
  status: 'open' | 'closed';
  items: CartLineAnswer[];
}

export type OrderStatus = 'RESERVED' | 'PAID' | 'CANCELLED';
export type CancelReason = 'EXPIRED' | 'SHOPPER' | 'PAYMENT_FAILED' | 'ADMIN' | 'CONFLICT';

export interface OrderLineAnswer {
  productId: string;
  name: string;
  /** Price of one unit when the order was made. */
  price: number;
  quantity: number;
  /** `<productId>-<n>`; n is the unit's number. */
  tokens: string[];
}

/** POST /api/checkout: 201 for a new hold, 200 for the live or paid order of that cart or key. */
export interface CheckoutAnswer {
  orderId: string;
  status: OrderStatus;
  expiresIn: number;
  expiresAt: string;
  serverTime: string;
  items: OrderLineAnswer[];
  total: number;
  currency: string;
}

/** GET /api/orders/:id */
export interface OrderAnswer extends CheckoutAnswer {
  saleId: string;
  reason: CancelReason | null;
  createdAt: string;
  /** Reasons for which the deadline was moved already: `asked`, `paying`. */
  extensions: string[];
  /** What one extension adds, in seconds. */
  extendSeconds: number;
  /** The sale's hold, in seconds. */
  holdSeconds: number;
  paidAt: string | null;
}

export interface OrdersAnswer {
  orders: OrderAnswer[];
  /** Pass as ?before= for the next page; null at the end. */
  next: string | null;
  serverTime: string;
}

export interface ExtendAnswer {
  expiresAt: string;
  expiresIn: number;
  serverTime: string;
}

/** POST /api/payment/success, /fail; POST /api/orders/:id/cancel */
export interface OrderStatusAnswer {
  orderId: string;
  status: OrderStatus;
  reason?: CancelReason | null;
}

/** GET /api/token (admin). Long lists are paged: ?saleId= &limit= &offset=. */
export interface TokensAnswer {
  stock: Record<string, { availableCount: number; availableTokens: string[] }>;
  activeReservations: Record<string, Record<string, string[]>>;
  /** Units of each product that were sold. */
  sold: Record<string, number>;
  /** Orders under a hold in all, before paging; and the deadline of each listed one. */
  reservationCount: number;
  deadlines: Record<string, string>;
  next: number | null;
  serverTime: string;
}

export type ErrorCode =
  | 'INVALID_REQUEST'
  | 'INVALID_JSON'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_SIGNATURE'
  | 'OUT_OF_STOCK'
  | 'SALE_NOT_OPEN'
  | 'SALE_CLOSED'
  | 'LIMIT_REACHED'
  | 'CART_ON_HOLD'
  | 'CART_HAS_SEVERAL_SALES'
  | 'CART_EMPTY'
  | 'CART_CLOSED'
  | 'ORDER_EXPIRED'
  | 'ORDER_CANCELLED'
  | 'ORDER_ALREADY_PAID'
  | 'ALREADY_EXTENDED'
  | 'STOCK_LIMIT'
  | 'ALREADY_EXISTS'
  | 'SALE_NOT_READY'
  | 'UNAVAILABLE';

/** RFC 9457 problem+json. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  /** 400: the field that was wrong. */
  field?: string;
  /** OUT_OF_STOCK: {productId, requested, available, held}; LIMIT_REACHED: {productId, requested, limit, owned}. */
  items?: { productId: string; requested: number; available?: number; held?: number; limit?: number; owned?: number }[];
  orderId?: string;
  saleIds?: string[];
  opensAt?: string;
  closesAt?: string;
  paused?: boolean;
  serverTime?: string;
}
