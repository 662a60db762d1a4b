import type { z } from 'zod';
import * as deleteAccount from '#app/api/account/delete/route.ts';
import * as exportAccount from '#app/api/account/export/route.ts';
import * as changePassword from '#app/api/account/password/route.ts';
import * as account from '#app/api/account/route.ts';
import * as closeAlarm from '#app/api/alarms/[id]/close/route.ts';
import * as alarms from '#app/api/alarms/route.ts';
import * as auth from '#app/api/auth/[...nextauth]/route.ts';
import * as oneCart from '#app/api/cart/[cartId]/route.ts';
import * as cartAdd from '#app/api/cart/add/route.ts';
import * as cart from '#app/api/cart/route.ts';
import * as checkout from '#app/api/checkout/route.ts';
import * as savedDelivery from '#app/api/delivery/route.ts';
import * as health from '#app/api/health/route.ts';
import * as metrics from '#app/api/metrics/route.ts';
import * as cancelOrder from '#app/api/orders/[id]/cancel/route.ts';
import * as giveUpCapture from '#app/api/orders/[id]/capture/give-up/route.ts';
import * as captureOrder from '#app/api/orders/[id]/capture/route.ts';
import * as orderDelivery from '#app/api/orders/[id]/delivery/route.ts';
import * as extendOrder from '#app/api/orders/[id]/extend/route.ts';
import * as receipt from '#app/api/orders/[id]/receipt/route.ts';
import * as refundOrder from '#app/api/orders/[id]/refund/route.ts';
import * as order from '#app/api/orders/[id]/route.ts';
import * as orders from '#app/api/orders/route.ts';
import * as paymentFail from '#app/api/payment/fail/route.ts';
import * as payment from '#app/api/payment/route.ts';
import * as paymentStart from '#app/api/payment/start/route.ts';
import * as paymentSuccess from '#app/api/payment/success/route.ts';
import * as webhook from '#app/api/payment/webhook/route.ts';
import * as product from '#app/api/product/route.ts';
import * as seed from '#app/api/product/seed/route.ts';
import * as products from '#app/api/products/route.ts';
import * as ready from '#app/api/ready/route.ts';
import * as saleEvents from '#app/api/sales/[id]/events/route.ts';
import * as sale from '#app/api/sales/[id]/route.ts';
import * as sales from '#app/api/sales/route.ts';
import * as tokens from '#app/api/token/route.ts';
import * as answers from '#lib/http/answers.ts';
import type { RouteModule } from '#lib/http/lane.ts';
import type { Described, DescribedRoute } from '#lib/http/openapi.ts';
import { signInForm, signOutForm } from '#lib/http/schemas.ts';
import { wire } from '#lib/payments/index.ts';

const at = (path: string, module: RouteModule, methods: DescribedRoute['methods']): DescribedRoute => ({
  path,
  module,
  methods,
});
const does = (
  summary: string,
  answered: Described['answers'],
  more: Pick<Described, 'sent' | 'headers'> = {},
): Described => ({ summary, answers: answered, ...more });

/** next-auth's calls take forms as well as JSON. */
const form = (schema: z.ZodType) => ({
  sent: { 'application/json': schema, 'application/x-www-form-urlencoded': schema },
});

/** Every address of the API in words. A new route needs its line here: tests fail for an answer that is not described. */
export const routes: DescribedRoute[] = [
  at('/api/products', products, { GET: does('Products of all sales, with what is left', { 200: answers.products }) }),
  at('/api/sales', sales, {
    GET: does(
      'Sales with their products: opened ones first, newest first; then coming ones, soonest first; then those that are over',
      { 200: answers.sales },
    ),
    POST: does('Make a sale', { 201: answers.saleMade }),
  }),
  at('/api/sales/[id]', sale, {
    GET: does('One sale now', { 200: answers.sale }),
    PATCH: does('Change a sale', { 200: answers.sale }),
  }),
  at('/api/sales/[id]/events', saleEvents, {
    GET: does('Server-sent events: `sale` with the whole sale, each time it changes', { 200: 'text/event-stream' }),
  }),
  at('/api/cart', cart, {
    GET: does('The open cart that was changed last', { 200: answers.currentCart }),
    POST: does('Make a cart', { 201: answers.cart }),
  }),
  at('/api/cart/add', cartAdd, { POST: does('Put a product into a cart; stock is untouched', { 200: answers.cart }) }),
  at('/api/cart/[cartId]', oneCart, {
    GET: does('A cart', { 200: answers.cart }),
    PATCH: does('Set how many of a product are in a cart; 0 removes it', { 200: answers.cart }),
  }),
  at('/api/checkout', checkout, {
    POST: does(
      'Hold every unit of a cart, or of the items given, or none of them',
      { 200: answers.checkout, 201: answers.checkout },
      { headers: ['Idempotency-Key'] },
    ),
  }),
  at('/api/orders', orders, { GET: does('The customer’s orders, newest first', { 200: answers.orders }) }),
  at('/api/orders/[id]', order, { GET: does('One order', { 200: answers.oneOrder }) }),
  at('/api/orders/[id]/cancel', cancelOrder, { POST: does('Let the units go', { 200: answers.orderStatus }) }),
  at('/api/orders/[id]/extend', extendOrder, { POST: does('More time to pay, once', { 200: answers.extended }) }),
  at('/api/orders/[id]/capture', captureOrder, {
    POST: does('Take a PAID order’s money now', { 200: answers.captured }),
  }),
  at('/api/orders/[id]/capture/give-up', giveUpCapture, {
    POST: does('Try no more to take a PAID order’s money; say how it was settled', { 200: answers.decidedByHand }),
  }),
  at('/api/orders/[id]/refund', refundOrder, {
    POST: does('Give a PAID order’s money back', { 200: answers.decidedByHand }),
  }),
  at('/api/payment', payment, { GET: does('How this shop is paid', { 200: answers.payments }) }),
  at('/api/payment/start', paymentStart, {
    POST: does('Begin to pay: where to, and a little more time', { 200: answers.started }),
  }),
  at('/api/payment/success', paymentSuccess, { POST: does('Pay with the test bank', { 200: answers.orderStatus }) }),
  at('/api/payment/fail', paymentFail, {
    POST: does('Refuse to pay with the test bank', { 200: answers.orderStatus }),
  }),
  at('/api/payment/webhook', webhook, {
    POST: does(
      'An event of the provider, signed over the raw body: the test bank’s, or Stripe’s in its own form',
      { 200: answers.received },
      { sent: { 'application/json': wire.webhookBody }, headers: ['Holdfast-Signature', 'Stripe-Signature'] },
    ),
  }),
  at('/api/product', product, { POST: does('Make a product', { 201: answers.productMade }) }),
  at('/api/product/seed', seed, {
    POST: does('Mint units of a product', { 200: answers.minted }, { headers: ['Idempotency-Key'] }),
  }),
  at('/api/token', tokens, { GET: does('Tokens and reservations as they are now', { 200: answers.tokens }) }),
  at('/api/alarms', alarms, { GET: does('What a human must look at', { 200: answers.alarms }) }),
  at('/api/alarms/[id]/close', closeAlarm, { POST: does('An alarm was dealt with', { 200: answers.alarmClosed }) }),
  at('/api/orders/[id]/delivery', orderDelivery, {
    PUT: does('Where a PAID order goes', { 200: answers.orderDelivered }),
  }),
  at('/api/orders/[id]/receipt', receipt, { GET: does('A PAID order’s receipt', { 200: answers.receipt }) }),
  at('/api/delivery', savedDelivery, {
    GET: does('What the customer has saved for orders to come', { 200: answers.savedDelivery }),
    PUT: does('Save it', { 200: answers.savedDelivery }),
    DELETE: does('Forget it', { 200: answers.savedDelivery }),
  }),
  at('/api/account', account, {
    GET: does('Who is signed in', { 200: answers.account }),
    POST: does('Sign up; whether the address had an account is not said', { 202: answers.accepted }),
  }),
  at('/api/account/password', changePassword, { POST: does('A new password', { 204: 'nothing' }) }),
  at('/api/account/export', exportAccount, {
    GET: does('Everything kept about the account', { 200: answers.exported }),
  }),
  at('/api/account/delete', deleteAccount, { POST: does('Delete the account', { 204: 'nothing' }) }),
  at('/api/auth/csrf', auth, {
    GET: does('The token that signing in and out wants as `csrfToken`', { 200: answers.csrf }),
  }),
  at('/api/auth/session', auth, {
    GET: does('Who is signed in, as next-auth’s client asks', { 200: answers.session }),
  }),
  at('/api/auth/callback/credentials', auth, {
    POST: does(
      'Sign in: csrfToken, email, password and, if any, callbackUrl, as a form or as JSON. A form without json=true is led on',
      { 200: answers.signedIn, 302: 'nothing' },
      form(signInForm),
    ),
  }),
  at('/api/auth/signout', auth, {
    GET: does('To the account’s page, where one signs out', { 302: 'nothing' }),
    POST: does(
      'Sign out: csrfToken, as a form or as JSON',
      { 200: answers.signedIn, 302: 'nothing' },
      form(signOutForm),
    ),
  }),
  at('/api/auth/signin', auth, { GET: does('To the page on which one signs in', { 302: 'nothing' }) }),
  at('/api/auth/error', auth, { GET: does('To the page on which one signs in', { 302: 'nothing' }) }),
  at('/api/health', health, { GET: does('Liveness', { 200: answers.health }) }),
  at('/api/ready', ready, { GET: does('Readiness: Redis, MongoDB and the indexes', { 200: answers.ready }) }),
  at('/api/metrics', metrics, { GET: does('Figures for Prometheus', { 200: 'text/plain' }) }),
];
