/** Payments: what the provider says about an order. Win the units first, capture then; whoever lost gets the money back, once. */
export { type BegunPayments, begunPayments } from '#lib/payments/begun.ts';
export { closeAlarms, type Decided, giveUp, type Hand, refund } from '#lib/payments/by-hand.ts';
export { type Inbox, inbox } from '#lib/payments/inbox.ts';
export { lookAfter } from '#lib/payments/look-after.ts';
export { type Outbox, type Owed, outbox, WHILE_HELD } from '#lib/payments/outbox.ts';
export { type Payments, process, receive, redo, tellOtherMode } from '#lib/payments/process.ts';
export type {
  Begun,
  Due,
  Known,
  Payment,
  PaymentEvent,
  PaymentProvider,
  Standing,
  Verified,
  Wanted,
} from '#lib/payments/provider.ts';
export { ProviderUnavailableError } from '#lib/payments/provider.ts';
export { type BankPayment, Books, has, type Kind, paymentIdOf, type Twist } from '#lib/payments/sandbox/books.ts';
export { type BankChoice, Sandbox } from '#lib/payments/sandbox/sandbox.ts';
export type { PaymentAnswer } from '#lib/payments/sandbox/wire.ts';
export * as wire from '#lib/payments/sandbox/wire.ts';
export { capture, type Settled, type Till } from '#lib/payments/settle.ts';
export { isSigned, SIGNATURE_HEADER, sign } from '#lib/payments/signature.ts';
export { type Counter, type Started, start } from '#lib/payments/start.ts';
export { type PaymentStories, type PaymentStory, paymentStories } from '#lib/payments/stories.ts';
export { isLiveKey, StripePayments, type StripeSettings } from '#lib/payments/stripe.ts';
export { alarmSubjects } from '#lib/payments/subjects.ts';
