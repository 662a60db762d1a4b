import { type Connection, type Model, Schema } from 'mongoose';
import type { CancelReason, OrderStatus } from '#lib/contract.ts';

export interface SaleRecord {
  _id: string;
  name: string;
  description: string;
  currency: string;
  opensAt: Date | null;
  closesAt: Date | null;
  holdSeconds: number;
  extendSeconds: number;
  paused: boolean;
  /** Tax that the prices contain; 1900 = 19 %. */
  taxBasisPoints: number;
  /** Whether its units are sent to their owners, so that orders need an address. */
  ships: boolean;
  /** Only signed-in customers may check out. Absent in sales made before there were accounts: no. */
  accountsOnly?: boolean;
  /** Unpaid holds of a customer before they wait; 0 = any number. Sales of an earlier version have none and take the default. */
  holdsBeforeWait?: number;
  /** How often the sale was rebuilt in Redis. */
  epoch: number;
  /** When the last of its rebuilds began; creating it is the first. */
  rebuiltAt?: Date;
  createdAt: Date;
  /** By MongoDB's clock, so that readers can ask for what changed. */
  updatedAt: Date;
}

export interface ProductRecord {
  _id: string;
  sale: string;
  name: string;
  description: string;
  art: string;
  price: number;
  limitPerCustomer: number | null;
  /** Units that exist: the truth from which Redis is rebuilt. */
  minted: number;
  /** What each mint key has minted, newest last. */
  mints: { key: string; first: number; last: number }[];
  createdAt: Date;
  updatedAt: Date;
}

export interface CartRecord {
  _id: string;
  customer: string;
  items: { product: string; quantity: number }[];
  status: 'open' | 'closed';
  /** See `ofGuest`. */
  guest?: true;
  createdAt: Date;
  updatedAt: Date;
}

export interface OrderRecord {
  _id: string;
  /** Who reserved, for ever. A tombstone of a hold whose customer nobody knew has none. */
  customer?: string;
  sale: string | null;
  cart?: string;
  key?: string;
  requestFingerprint?: string;
  itemsFingerprint?: string;
  items: { product: string; name: string; price: number; quantity: number; tokens: string[] }[];
  /** Every token of `items`, under the fence. */
  tokens: string[];
  total: number;
  currency: string;
  /** The sale's tax rate at checkout, and the tax that `total` contains; absent in orders older than taxes. */
  taxBasisPoints?: number;
  tax?: number;
  status: OrderStatus;
  reason?: CancelReason;
  deadline: Date;
  extensions: string[];
  createdAt: Date;
  paidAt?: Date;
  cancelledAt?: Date;
  /** The payment that won. */
  payment?: string;
  captured?: boolean;
  /** Tries to capture that failed, and when the next one is due. */
  captureAttempts?: number;
  captureAt?: Date;
  /** The provider can never capture it: a human decides. */
  captureFailed?: boolean;
  /** Where it goes, once the customer has said so; only in PAID orders. */
  delivery?: Omit<DeliveryRecord, '_id' | 'guest' | 'updatedAt'>;
}

/** Where a customer's parcels go; `_id` is the customer's. Personal: never in a log. */
export interface DeliveryRecord {
  _id: string;
  name: string;
  email: string;
  street: string;
  postalCode: string;
  city: string;
  country: string;
  /** See `ofGuest`. */
  guest?: true;
  updatedAt: Date;
}

/**
 * The mark of what a guest alone has, by which MongoDB forgets it some day (lib/mongo/indexes.ts). An account that the guest
 * becomes takes it off; what is without it stays.
 */
export const ofGuest = (customer: string): { guest?: true } => (customer.startsWith('guest-') ? { guest: true } : {});

export interface PaymentEventRecord {
  _id: string;
  type: string;
  paymentId: string;
  orderId: string;
  amount: number;
  currency: string;
  receivedAt: Date;
  done: boolean;
  attempts: number;
  /** A worker takes it up from then on. */
  tryAt: Date;
  outcome?: string;
}

/** A payment that a shopper has begun; its id is the order's. */
export interface BegunPaymentRecord {
  _id: string;
  payment?: string;
  begunAt: Date;
  /** When the provider is asked about it. */
  lookAt: Date;
  looks: number;
  ended: boolean;
}

/** Something that a human must look at; its id is `<kind>:<subject>`. */
export interface AlarmRecord {
  _id: string;
  kind:
    | 'captureFailed'
    | 'captureStuck'
    | 'refundStuck'
    | 'refundedOutside'
    | 'eventStuck'
    | 'paymentMismatch'
    | 'otherMode'
    | 'paymentUnknown';
  /** The order's or the payment's id. */
  subject: string;
  detail: string;
  open: boolean;
  /** Closed because the trouble was over, not by a human. */
  over?: boolean;
  raisedAt: Date;
  closedAt?: Date;
  note?: string;
}

export interface RefundRecord {
  /** The payment's id: one void or refund per payment, and the provider's idempotency key. */
  _id: string;
  orderId: string;
  amount: number;
  currency: string;
  reason: string;
  status: 'PENDING' | 'DONE';
  /** PENDING, and the provider has begun to give it back; that may take days. */
  underWay?: boolean;
  attempts: number;
  /** A worker takes it up from then on. */
  tryAt: Date;
  createdAt: Date;
  doneAt?: Date;
}

/** What the sandbox's bank remembers of a payment: where it stands, and its part of the bank's ledger in the same document. */
export interface SandboxPaymentRecord {
  _id: string;
  orderId: string;
  amount: number;
  currency: string;
  status: 'open' | 'authorized' | 'captured' | 'failed' | 'voided' | 'refunded';
  createdAt: Date;
  /** Only ever added to, in the step that moves `status`. */
  entries: {
    kind: 'authorized' | 'captured' | 'failed' | 'voided' | 'refunded' | 'declined';
    amount: number;
    currency: string;
    at: Date;
  }[];
  returnUrl?: string;
  /** How the shop is told of it: what goes wrong with its webhooks, by what was asked for. */
  delivery?: { silent?: boolean; copies?: number; lateMs?: number; shuffled?: boolean };
  /** Its webhooks are not in `sandbox_webhooks` yet. */
  unannounced?: boolean;
}

/** The sandbox's own outbox: a webhook on its way to the shop. */
export interface SandboxWebhookRecord {
  /** The event's id. */
  _id: string;
  body: string;
  /** How many times the bank sends it at once. */
  copies: number;
  dueAt: Date;
  attempts: number;
  done: boolean;
}

/** What an account may do: buy; see the back room; act in it. */
export const ROLES = ['customer', 'viewer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface UserRecord {
  /** `account-<uuid>`: the customer that this account is. */
  _id: string;
  /** In lower case; one account each. */
  email: string;
  /** A PHC string. */
  passwordHash: string;
  role: Role;
  /** Raised when the password or the role changes: sessions of an earlier version are over. */
  sessionVersion: number;
  sessions: { id: string; until: Date }[];
  /** The guests it used to be, each of one account only. */
  guests: string[];
  /** Made by the demo, with a public password. */
  demo?: boolean;
  createdAt: Date;
}

/** Something that happened to the shop itself. */
export interface AuditLogRecord {
  _id: string;
  kind: 'redisRestarted';
  /** Redis's run id and replication id after it. */
  detail: string;
  at: Date;
}

export interface Models {
  sales: Model<SaleRecord>;
  products: Model<ProductRecord>;
  carts: Model<CartRecord>;
  orders: Model<OrderRecord>;
  deliveryDetails: Model<DeliveryRecord>;
  paymentEvents: Model<PaymentEventRecord>;
  refunds: Model<RefundRecord>;
  payments: Model<BegunPaymentRecord>;
  alarms: Model<AlarmRecord>;
  sandboxPayments: Model<SandboxPaymentRecord>;
  sandboxWebhooks: Model<SandboxWebhookRecord>;
  auditLog: Model<AuditLogRecord>;
  users: Model<UserRecord>;
}

const text = { type: String, required: true } as const;
const amount = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;
const when = { type: Date, required: true } as const;
const line = { _id: false } as const;
const address = { name: text, email: text, street: text, postalCode: String, city: text, country: text } as const;

/** Every collection as a Mongoose model on one connection. */
export function models(connection: Connection): Models {
  const model = <T>(name: string, definition: Record<string, unknown>) =>
    (connection.models[name] as Model<T> | undefined) ??
    connection.model<T>(
      name,
      new Schema<T>(definition as never, { collection: name, versionKey: false, strict: 'throw', minimize: false }),
    );
  return {
    sales: model<SaleRecord>('sales', {
      _id: text,
      name: text,
      description: { type: String, default: '' },
      currency: text,
      opensAt: { type: Date, default: null },
      closesAt: { type: Date, default: null },
      holdSeconds: amount,
      extendSeconds: amount,
      paused: { type: Boolean, default: false },
      taxBasisPoints: { ...amount, required: false, default: 0 },
      ships: { type: Boolean, default: false },
      accountsOnly: { type: Boolean, default: false },
      holdsBeforeWait: Number,
      epoch: amount,
      rebuiltAt: Date,
      createdAt: when,
      updatedAt: when,
    }),
    products: model<ProductRecord>('products', {
      _id: text,
      sale: text,
      name: text,
      description: { type: String, default: '' },
      art: text,
      price: amount,
      limitPerCustomer: { type: Number, default: null },
      minted: amount,
      mints: [new Schema({ key: text, first: amount, last: amount }, line)],
      createdAt: when,
      updatedAt: when,
    }),
    carts: model<CartRecord>('carts', {
      _id: text,
      customer: text,
      items: [new Schema({ product: text, quantity: amount }, line)],
      status: { type: String, enum: ['open', 'closed'], default: 'open' },
      guest: Boolean,
      createdAt: when,
      updatedAt: when,
    }),
    orders: model<OrderRecord>('orders', {
      _id: text,
      customer: String,
      sale: String,
      cart: String,
      key: String,
      requestFingerprint: String,
      itemsFingerprint: String,
      items: [new Schema({ product: text, name: text, price: amount, quantity: amount, tokens: [String] }, line)],
      tokens: [String],
      total: amount,
      currency: text,
      taxBasisPoints: Number,
      tax: Number,
      status: { type: String, enum: ['RESERVED', 'PAID', 'CANCELLED'], required: true },
      reason: String,
      deadline: when,
      extensions: [String],
      createdAt: when,
      paidAt: Date,
      cancelledAt: Date,
      payment: String,
      captured: Boolean,
      captureAttempts: Number,
      captureAt: Date,
      captureFailed: Boolean,
      delivery: new Schema(address, line),
    }),
    deliveryDetails: model<DeliveryRecord>('delivery_details', {
      _id: text,
      ...address,
      guest: Boolean,
      updatedAt: when,
    }),
    paymentEvents: model<PaymentEventRecord>('payment_events', {
      _id: text,
      type: text,
      paymentId: text,
      orderId: text,
      amount,
      currency: text,
      receivedAt: when,
      done: { type: Boolean, required: true },
      attempts: amount,
      tryAt: when,
      outcome: String,
    }),
    refunds: model<RefundRecord>('refunds', {
      _id: text,
      orderId: text,
      amount,
      currency: text,
      reason: text,
      status: { type: String, enum: ['PENDING', 'DONE'], required: true },
      underWay: Boolean,
      attempts: amount,
      tryAt: when,
      createdAt: when,
      doneAt: Date,
    }),
    payments: model<BegunPaymentRecord>('payments', {
      _id: text,
      payment: String,
      begunAt: when,
      lookAt: when,
      looks: amount,
      ended: { type: Boolean, required: true },
    }),
    alarms: model<AlarmRecord>('alarms', {
      _id: text,
      kind: text,
      subject: text,
      detail: text,
      open: { type: Boolean, required: true },
      over: Boolean,
      raisedAt: when,
      closedAt: Date,
      note: String,
    }),
    sandboxPayments: model<SandboxPaymentRecord>('sandbox_payments', {
      _id: text,
      orderId: text,
      amount,
      currency: text,
      status: text,
      createdAt: when,
      entries: [new Schema({ kind: text, amount, currency: text, at: when }, line)],
      returnUrl: String,
      delivery: Object,
      unannounced: Boolean,
    }),
    sandboxWebhooks: model<SandboxWebhookRecord>('sandbox_webhooks', {
      _id: text,
      body: text,
      copies: amount,
      dueAt: when,
      attempts: amount,
      done: { type: Boolean, required: true },
    }),
    auditLog: model<AuditLogRecord>('audit_log', { _id: text, kind: text, detail: text, at: when }),
    users: model<UserRecord>('users', {
      _id: text,
      email: text,
      passwordHash: text,
      role: { type: String, enum: ROLES, required: true },
      sessionVersion: amount,
      sessions: [new Schema({ id: text, until: when }, line)],
      guests: [String],
      demo: Boolean,
      createdAt: when,
    }),
  };
}
