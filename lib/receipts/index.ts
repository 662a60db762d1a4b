/** Receipts: what a PAID order says for ever, and the secret that opens it without a cookie. */
export { Receipts, type Refund } from '#lib/receipts/receipts.ts';
