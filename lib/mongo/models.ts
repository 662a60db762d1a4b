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
  /** How often the sale was rebuilt in Redis. */
  epoch: number;
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
}

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
  outcome?: string;
}

export interface RefundRecord {
  /** The payment's id: one void or refund per payment, and the provider's idempotency key. */
  _id: string;
  orderId: string;
  amount: number;
  currency: string;
  reason: string;
  status: 'PENDING' | 'DONE';
  attempts: number;
  createdAt: Date;
  doneAt?: Date;
}

/** What the sandbox provider itself remembers of a payment. */
export interface SandboxPaymentRecord {
  _id: string;
  orderId: string;
  amount: number;
  currency: string;
  status: 'authorized' | 'captured' | 'voided' | 'failed';
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
  paymentEvents: Model<PaymentEventRecord>;
  refunds: Model<RefundRecord>;
  sandboxPayments: Model<SandboxPaymentRecord>;
  auditLog: Model<AuditLogRecord>;
}

const text = { type: String, required: true } as const;
const amount = { type: Number, required: true, min: 0, validate: Number.isSafeInteger } as const;
const when = { type: Date, required: true } as const;
const line = { _id: false } as const;

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
      epoch: amount,
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
      status: { type: String, enum: ['RESERVED', 'PAID', 'CANCELLED'], required: true },
      reason: String,
      deadline: when,
      extensions: [String],
      createdAt: when,
      paidAt: Date,
      cancelledAt: Date,
      payment: String,
      captured: Boolean,
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
      outcome: String,
    }),
    refunds: model<RefundRecord>('refunds', {
      _id: text,
      orderId: text,
      amount,
      currency: text,
      reason: text,
      status: { type: String, enum: ['PENDING', 'DONE'], required: true },
      attempts: amount,
      createdAt: when,
      doneAt: Date,
    }),
    sandboxPayments: model<SandboxPaymentRecord>('sandbox_payments', {
      _id: text,
      orderId: text,
      amount,
      currency: text,
      status: text,
      createdAt: when,
    }),
    auditLog: model<AuditLogRecord>('audit_log', { _id: text, kind: text, detail: text, at: when }),
  };
}
