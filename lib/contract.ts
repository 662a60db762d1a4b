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
  /** Tax that every price of the sale contains, in hundredths of a percent: 1900 = 19 %. */
  taxBasisPoints: number;
  /** Its units are sent to their owners: a PAID order needs delivery details. */
  ships: boolean;
  /** Null = always open / never closes. */
  opensAt: string | null;
  closesAt: string | null;
  holdSeconds: number;
  extendSeconds: number;
  /** Only signed-in customers may check out; anybody else is answered SIGN_IN_REQUIRED. */
  accountsOnly: boolean;
  /** Holds that a customer may let go unpaid before they wait for the next; 0 = any number. */
  holdsBeforeWait: number;
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

/** GET /api/cart: the newest open cart, wherever it was begun. */
export interface CurrentCartAnswer {
  cart: CartAnswer | null;
}

export type OrderStatus = 'RESERVED' | 'PAID' | 'CANCELLED';
export type CancelReason = 'EXPIRED' | 'SHOPPER' | 'PAYMENT_FAILED' | 'ADMIN' | 'CONFLICT' | 'KEY_TAKEN';

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
  /** The tax rate when the order was made, and the tax that `total` contains. */
  taxBasisPoints: number;
  tax: number;
  reason: CancelReason | null;
  createdAt: string;
  /** Reasons for which the deadline was moved already: `asked`, `paying`. */
  extensions: string[];
  /** What one extension adds, in seconds. */
  extendSeconds: number;
  /** The sale's hold, in seconds. */
  holdSeconds: number;
  paidAt: string | null;
  /** A payment of this order goes back or has gone back to the shopper, and why; null when there is none. */
  moneyBack: MoneyBack | null;
  moneyBackCause: MoneyBackCause | null;
  /** A payment was begun, and the shop does not know its end yet: money may still come, and go back. */
  paymentOpen: boolean;
  /** The bank has declined the last try to pay a RESERVED order; the shopper may try again. */
  declined: boolean;
  /** Whether the order's sale ships, and where this order goes; null until its customer has said so. */
  ships: boolean;
  delivery: OrderDelivery | null;
}

/** Delivery details. `country` by ISO 3166-1 alpha-2; `postalCode` may be empty. */
export interface DeliveryAnswer {
  name: string;
  email: string;
  street: string;
  postalCode: string;
  city: string;
  country: string;
}

/** An order's, with the moment until which they may be changed. */
export interface OrderDelivery extends DeliveryAnswer {
  changeableUntil: string;
}

/** GET, PUT, DELETE /api/delivery: what a customer has saved for orders to come. */
export interface SavedDeliveryAnswer {
  delivery: DeliveryAnswer | null;
}

/** PUT /api/orders/:id/delivery */
export interface OrderDeliveryAnswer {
  orderId: string;
  delivery: OrderDelivery | null;
}

/** GET /api/orders/:id/receipt: of PAID orders alone. */
export interface ReceiptAnswer {
  orderId: string;
  seller: string;
  createdAt: string;
  paidAt: string;
  items: OrderLineAnswer[];
  total: number;
  currency: string;
  taxBasisPoints: number;
  tax: number;
  /** The end of the payment's id. */
  payment: string;
  /** What went back; `at` is null until the provider has confirmed it. */
  refunds: { amount: number; at: string | null }[];
  /** Whether its sale ships, as the sale says today. */
  ships: boolean;
  /** Where it goes; null when the sale does not ship or nobody has said so. */
  delivery: DeliveryAnswer | null;
  /** The receipt's page with its secret: a path that opens it for whoever has it. */
  link: string;
}

export interface OrdersAnswer {
  orders: OrderAnswer[];
  /** Pass as ?before= for the next page; null at the end. */
  next: string | null;
  serverTime: string;
}

/** GET /api/account: who is signed in, or nobody. */
export interface AccountAnswer {
  account: { email: string; role: 'customer' | 'viewer' | 'admin'; createdAt: string } | null;
}

/** GET /api/account/export: everything the shop keeps about somebody. */
export interface ExportAnswer {
  exportedAt: string;
  account: { email: string; role: string; createdAt: string; customers: string[] };
  /** What is saved for orders to come. */
  delivery: DeliveryAnswer | null;
  carts: CartAnswer[];
  orders: OrderAnswer[];
  /** There is more than an export holds. */
  cut: boolean;
}

export interface ExtendAnswer {
  expiresAt: string;
  expiresIn: number;
  serverTime: string;
}

/** POST /api/payment/start: where to pay, and the hold's deadline with its extension for paying. */
export interface StartPaymentAnswer {
  orderId: string;
  paymentId: string;
  pay: PayHere;
  expiresIn: number;
  expiresAt: string;
  serverTime: string;
}

/** Where the shopper pays: on a page of the provider's; in fields of the provider's inside the shop; or with the shop's own two buttons. */
export type PayHere =
  | { kind: 'page'; url: string }
  | { kind: 'fields'; clientSecret: string; publishableKey: string }
  | { kind: 'buttons' };

/** POST /api/orders/:id/capture (admin) */
export interface CaptureAnswer {
  orderId: string;
  captured: boolean;
}

/** POST /api/orders/:id/refund, POST /api/orders/:id/capture/give-up (admin) */
export interface HandAnswer {
  orderId: string;
  moneyBack: MoneyBack | null;
}

/** Whether money of an order has gone back to the shopper yet. */
export type MoneyBack = 'pending' | 'done';

/**
 * Why it goes back: the payment came after the order's end; it was not what the order costs; the order was paid by another one
 * already; or the merchant gives it back.
 */
export type MoneyBackCause = 'late' | 'wrongAmount' | 'secondPayment' | 'merchant';

/** GET /api/alarms (admin): what a human must look at, oldest first. */
export interface AlarmsAnswer {
  alarms: {
    alarmId: string;
    kind: string;
    subject: string;
    detail: string;
    raisedAt: string;
    /** What it is about; null when that is not on record. */
    about: AlarmSubject | null;
  }[];
}

/** The order and payment that an alarm is about: the payment may be unknown, the sum is the payment's own. */
export interface AlarmSubject {
  orderId: string;
  paymentId: string | null;
  amount: number;
  currency: string;
  /** How often it was tried. */
  tries: number;
}

/** POST /api/payment/success, /fail; POST /api/orders/:id/cancel */
export interface OrderStatusAnswer {
  orderId: string;
  status: OrderStatus;
  reason?: CancelReason | null;
}

/** GET /api/payment */
export interface PaymentsAnswer {
  provider: 'sandbox' | 'stripe';
  /** No money moves. */
  test: boolean;
  /** The test bank has a page of its own, beside the shop's two buttons. */
  page: boolean;
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
  | 'SIGN_IN_REQUIRED'
  | 'SIGN_IN_REFUSED'
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
  | 'HOLD_COOLDOWN'
  | 'CART_ON_HOLD'
  | 'PRICE_CHANGED'
  | 'CART_HAS_SEVERAL_SALES'
  | 'CART_EMPTY'
  | 'CART_CLOSED'
  | 'ORDER_EXPIRED'
  | 'ORDER_CANCELLED'
  | 'ORDER_ALREADY_PAID'
  | 'ALREADY_EXTENDED'
  | 'NOT_PAID'
  | 'NOT_CAPTURED'
  | 'PAYMENT_IMPOSSIBLE'
  | 'PAYMENT_UNAVAILABLE'
  | 'NOTHING_TO_DELIVER'
  | 'DELIVERY_FIXED'
  | 'STOCK_LIMIT'
  | 'ALREADY_EXISTS'
  | 'TOO_MANY_REQUESTS'
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
  /**
   * OUT_OF_STOCK: {productId, requested, available, held}; LIMIT_REACHED: {productId, requested, limit, owned};
   * PRICE_CHANGED: {productId, price, quantity}, with `expectedTotal`, `total` and `currency` beside it.
   */
  items?: {
    productId: string;
    requested?: number;
    available?: number;
    held?: number;
    limit?: number;
    owned?: number;
    price?: number;
    quantity?: number;
  }[];
  expectedTotal?: number;
  total?: number;
  currency?: string;
  orderId?: string;
  /** ORDER_CANCELLED, ORDER_EXPIRED: how the order ended; null when that is not on record. */
  reason?: CancelReason | null;
  saleIds?: string[];
  opensAt?: string;
  closesAt?: string;
  paused?: boolean;
  /** HOLD_COOLDOWN: when the customer may have the next hold. */
  retryAt?: string;
  serverTime?: string;
}
