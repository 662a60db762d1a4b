/** Payments: what the provider says about an order. Win the units first, capture then; whoever lost gets the money back, once. */
export { type BegunPayments, begunPayments } from '#lib/payments/begun.ts';
export { type Inbox, inbox } from '#lib/payments/inbox.ts';
export { lookAfter } from '#lib/payments/look-after.ts';
export { type Outbox, outbox } from '#lib/payments/outbox.ts';
export { type Payments, process, receive, redo } from '#lib/payments/process.ts';
export type {
  Due,
  Payment,
  PaymentEvent,
  PaymentProvider,
  Standing,
  Verified,
} from '#lib/payments/provider.ts';
export { ProviderUnavailableError } from '#lib/payments/provider.ts';
export { type BankPayment, Books, has, type Kind, paymentIdOf, type Twist } from '#lib/payments/sandbox/books.ts';
export { type BankChoice, Sandbox } from '#lib/payments/sandbox/sandbox.ts';
export type { PaymentAnswer } from '#lib/payments/sandbox/wire.ts';
export * as wire from '#lib/payments/sandbox/wire.ts';
export { capture, type Settled, settle, type Till } from '#lib/payments/settle.ts';
export { isSigned, SIGNATURE_HEADER, sign } from '#lib/payments/signature.ts';
export { type Counter, type Started, start } from '#lib/payments/start.ts';
export { isLiveKey, StripePayments, type StripeSettings } from '#lib/payments/stripe.ts';
