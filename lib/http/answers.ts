import { z } from 'zod';
import type * as contract from '#lib/contract.ts';
import { ERROR_CODES } from '#lib/http/problem.ts';

/** The answers of lib/contract.ts as schemas: what the API's description says, and what every answer of a test must fit. */

const when = z.iso.datetime();
const uuid = z.uuid();
const id = z.string();
const units = z.int().min(0);
const minor = z.int().min(0);
const currency = z.string().regex(/^[A-Z]{3}$/);
const seconds = z.int().min(0);

const product = z.strictObject({
  productId: id,
  saleId: id,
  name: z.string(),
  description: z.string(),
  art: z.string(),
  price: minor,
  currency,
  limitPerCustomer: z.int().nullable(),
  available: units.nullable(),
  held: units.nullable(),
  sold: units.nullable(),
  minted: units,
}) satisfies z.ZodType<contract.ProductAnswer>;

const saleMembers = {
  saleId: id,
  name: z.string(),
  description: z.string(),
  currency,
  opensAt: when.nullable(),
  closesAt: when.nullable(),
  holdSeconds: seconds,
  extendSeconds: seconds,
  taxBasisPoints: z.int().min(0),
  ships: z.boolean(),
  accountsOnly: z.boolean(),
  holdsBeforeWait: z.int().min(0),
  state: z.enum(['upcoming', 'open', 'paused', 'closed', 'restoring']),
  products: z.array(product),
};
const status = z.enum(['RESERVED', 'PAID', 'CANCELLED']);
const reason = z.enum(['EXPIRED', 'SHOPPER', 'PAYMENT_FAILED', 'ADMIN', 'CONFLICT', 'KEY_TAKEN']).nullable();
const moneyBack = z.enum(['pending', 'done']);
const moneyBackCause = z.enum(['late', 'wrongAmount', 'secondPayment', 'merchant']);
const deliveryMembers = {
  name: z.string(),
  email: z.string(),
  street: z.string(),
  postalCode: z.string(),
  city: z.string(),
  country: z.string(),
};
const delivery = z.strictObject(deliveryMembers) satisfies z.ZodType<contract.DeliveryAnswer>;
const orderDelivery = z.strictObject({
  ...deliveryMembers,
  changeableUntil: when,
}) satisfies z.ZodType<contract.OrderDelivery>;
const orderLine = z.strictObject({
  productId: id,
  name: z.string(),
  price: minor,
  quantity: units,
  tokens: z.array(z.string()),
}) satisfies z.ZodType<contract.OrderLineAnswer>;

const checkoutMembers = {
  orderId: uuid,
  status,
  expiresIn: seconds,
  expiresAt: when,
  serverTime: when,
  items: z.array(orderLine),
  total: minor,
  currency: z.string(), // a tombstone has none
};
const order = z.strictObject({
  ...checkoutMembers,
  saleId: z.string(),
  reason,
  createdAt: when,
  extensions: z.array(z.string()),
  extendSeconds: seconds,
  holdSeconds: seconds,
  paidAt: when.nullable(),
  moneyBack: moneyBack.nullable(),
  moneyBackCause: moneyBackCause.nullable(),
  paymentOpen: z.boolean(),
  declined: z.boolean(),
  taxBasisPoints: z.int().min(0),
  tax: minor,
  ships: z.boolean(),
  delivery: orderDelivery.nullable(),
}) satisfies z.ZodType<contract.OrderAnswer>;

export const sale = z.strictObject({ ...saleMembers, serverTime: when }) satisfies z.ZodType<contract.OneSaleAnswer>;
export const sales = z.strictObject({
  sales: z.array(z.strictObject(saleMembers)),
  serverTime: when,
}) satisfies z.ZodType<contract.SalesAnswer>;
export const products = z.strictObject({
  products: z.array(product),
  serverTime: when,
}) satisfies z.ZodType<contract.ProductsAnswer>;
export const cart = z.strictObject({
  cartId: uuid,
  status: z.enum(['open', 'closed']),
  items: z.array(
    z.strictObject({
      productId: id,
      saleId: id,
      name: z.string(),
      art: z.string(),
      price: minor,
      currency,
      quantity: units,
    }),
  ),
}) satisfies z.ZodType<contract.CartAnswer>;
export const currentCart = z.strictObject({
  cart: cart.nullable(),
}) satisfies z.ZodType<contract.CurrentCartAnswer>;
export const savedDelivery = z.strictObject({
  delivery: delivery.nullable(),
}) satisfies z.ZodType<contract.SavedDeliveryAnswer>;
export const orderDelivered = z.strictObject({
  orderId: uuid,
  delivery: orderDelivery.nullable(),
}) satisfies z.ZodType<contract.OrderDeliveryAnswer>;
export const receipt = z.strictObject({
  orderId: uuid,
  seller: z.string(),
  createdAt: when,
  paidAt: when,
  items: z.array(orderLine),
  total: minor,
  currency,
  taxBasisPoints: z.int().min(0),
  tax: minor,
  payment: z.string(),
  refunds: z.array(z.strictObject({ amount: minor, at: when.nullable() })),
  ships: z.boolean(),
  delivery: delivery.nullable(),
  link: z.string(),
}) satisfies z.ZodType<contract.ReceiptAnswer>;
export const account = z.strictObject({
  account: z
    .strictObject({ email: z.string(), role: z.enum(['customer', 'viewer', 'admin']), createdAt: when })
    .nullable(),
}) satisfies z.ZodType<contract.AccountAnswer>;
const role = z.enum(['customer', 'viewer', 'admin']);
export const csrf = z.strictObject({ csrfToken: z.string() });
/** Empty for nobody. */
export const session = z.union([
  z.strictObject({ user: z.strictObject({ email: z.string(), role }), expires: when }),
  z.strictObject({}),
]);
export const signedIn = z.strictObject({ url: z.string() });
export const accepted = z.strictObject({ status: z.literal('accepted') });
export const checkout = z.strictObject(checkoutMembers) satisfies z.ZodType<contract.CheckoutAnswer>;
export const oneOrder = order;
export const orders = z.strictObject({
  orders: z.array(order),
  next: when.nullable(),
  serverTime: when,
}) satisfies z.ZodType<contract.OrdersAnswer>;
export const extended = z.strictObject({
  expiresAt: when,
  expiresIn: seconds,
  serverTime: when,
}) satisfies z.ZodType<contract.ExtendAnswer>;
export const orderStatus = z.strictObject({
  orderId: uuid,
  status,
  reason: reason.optional(),
}) satisfies z.ZodType<contract.OrderStatusAnswer>;
export const started = z.strictObject({
  orderId: uuid,
  paymentId: z.string(),
  pay: z.union([
    z.strictObject({ kind: z.literal('page'), url: z.url() }),
    z.strictObject({ kind: z.literal('fields'), clientSecret: z.string(), publishableKey: z.string() }),
    z.strictObject({ kind: z.literal('buttons') }),
  ]),
  expiresIn: seconds,
  expiresAt: when,
  serverTime: when,
}) satisfies z.ZodType<contract.StartPaymentAnswer>;
export const exported = z.strictObject({
  exportedAt: when,
  account: z.strictObject({ email: z.string(), role: z.string(), createdAt: when, customers: z.array(z.string()) }),
  delivery: delivery.nullable(),
  carts: z.array(cart),
  orders: z.array(order),
  cut: z.boolean(),
}) satisfies z.ZodType<contract.ExportAnswer>;
export const captured = z.strictObject({
  orderId: uuid,
  captured: z.boolean(),
}) satisfies z.ZodType<contract.CaptureAnswer>;
export const decidedByHand = z.strictObject({
  orderId: uuid,
  moneyBack: moneyBack.nullable(),
}) satisfies z.ZodType<contract.HandAnswer>;
const alarmSubject = z.strictObject({
  orderId: uuid,
  paymentId: z.string().nullable(),
  amount: minor,
  currency: z.string(),
  tries: z.int().min(0),
}) satisfies z.ZodType<contract.AlarmSubject>;
export const alarms = z.strictObject({
  alarms: z.array(
    z.strictObject({
      alarmId: z.string(),
      kind: z.string(),
      subject: z.string(),
      detail: z.string(),
      raisedAt: when,
      about: alarmSubject.nullable(),
    }),
  ),
}) satisfies z.ZodType<contract.AlarmsAnswer>;
export const payments = z.strictObject({
  provider: z.enum(['sandbox', 'stripe']),
  test: z.boolean(),
  page: z.boolean(),
}) satisfies z.ZodType<contract.PaymentsAnswer>;
export const tokens = z.strictObject({
  stock: z.record(id, z.strictObject({ availableCount: units, availableTokens: z.array(z.string()) })),
  activeReservations: z.record(id, z.record(id, z.array(z.string()))),
  sold: z.record(id, units),
  reservationCount: units,
  deadlines: z.record(id, when),
  next: units.nullable(),
  serverTime: when,
}) satisfies z.ZodType<contract.TokensAnswer>;
export const minted = z.strictObject({ tokens: units, first: z.string(), last: z.string() });
export const productMade = z.strictObject({ productId: id });
export const saleMade = z.strictObject({ saleId: id });
export const alarmClosed = z.strictObject({ alarmId: z.string() });
export const received = z.strictObject({ received: z.literal(true) });
export const health = z.strictObject({ status: z.literal('ok') });
export const ready = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  worker: z.strictObject({ silentMs: z.number().nullable() }),
});

/** RFC 9457, with a stable code. */
export const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.enum(ERROR_CODES),
  detail: z.string().optional(),
  field: z.string().optional(),
  items: z
    .array(
      z.strictObject({
        productId: id,
        requested: units.optional(),
        available: units.optional(),
        held: units.optional(),
        limit: units.optional(),
        owned: units.optional(),
        price: minor.optional(),
        quantity: units.optional(),
      }),
    )
    .optional(),
  orderId: uuid.optional(),
  reason: reason.optional(),
  saleIds: z.array(id).optional(),
  opensAt: when.optional(),
  closesAt: when.optional(),
  paused: z.boolean().optional(),
  expectedTotal: minor.optional(),
  total: minor.optional(),
  currency: currency.optional(),
  retryAt: when.optional(),
  serverTime: when.optional(),
}) satisfies z.ZodType<contract.Problem>;
