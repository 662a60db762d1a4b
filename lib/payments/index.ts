/** Payments: what the provider says about an order. Win the units first, capture then; whoever lost gets the money back, once. */
export { type Inbox, inbox } from '#lib/payments/inbox.ts';
export { type Outbox, outbox } from '#lib/payments/outbox.ts';
export { type Payments, process, receive, redo } from '#lib/payments/process.ts';
export type { PaymentEvent, PaymentProvider, Verified } from '#lib/payments/provider.ts';
export { type BankChoice, Sandbox } from '#lib/payments/sandbox.ts';
export { capture, type Settled, settle, type Till } from '#lib/payments/settle.ts';
export { isSigned, SIGNATURE_HEADER, sign } from '#lib/payments/signature.ts';
