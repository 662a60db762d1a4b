import { randomUUID } from 'node:crypto';
import * as description from '#app/api/openapi.json/route.ts';
import { routes } from '#app/api/openapi.json/routes.ts';
import { type Rules, rulesOf } from '#lib/http/route.ts';
import { type Scene, SIGNED_IN, STAFF } from '#tests/api/authorisation-callers.ts';
import { somebody } from '#tests/support/accounts.ts';

export const DELIVERY = {
  name: 'N',
  email: 'n@shop.example',
  street: 'S 1',
  postalCode: '1',
  city: 'C',
  country: 'DE',
};

/** A body that a call takes, so that its answer is about who asks. */
export function bodyOf(name: string, { productId, cartId, orderId, saleId }: Scene): object | undefined {
  const bodies: Record<string, object> = {
    'POST /api/cart/add': { cartId, productId, quantity: 1 },
    'PATCH /api/cart/[cartId]': { productId, quantity: 2 },
    'POST /api/checkout': { cartId },
    'POST /api/payment/start': { orderId },
    'POST /api/payment/success': { orderId },
    'POST /api/payment/fail': { orderId },
    'POST /api/product': { name: 'N', price: 1, saleId },
    'POST /api/product/seed': { productId, quantity: 1 },
    'POST /api/sales': { name: 'N', currency: 'EUR' },
    'PATCH /api/sales/[id]': { name: 'M' },
    'POST /api/orders/[id]/capture/give-up': { reason: 'R' },
    'POST /api/orders/[id]/refund': { reason: 'R' },
    'POST /api/alarms/[id]/close': { reason: 'R' },
    'POST /api/account': somebody(),
    'POST /api/account/password': { current: 'not my password', next: 'another password' },
    'POST /api/auth/callback/credentials': { csrfToken: 'x', ...somebody() },
    'POST /api/auth/signout': { csrfToken: 'x' },
    'POST /api/account/delete': { password: 'not my password' },
    'PUT /api/delivery': DELIVERY,
    'PUT /api/orders/[id]/delivery': DELIVERY,
  };
  return bodies[name] ?? (name.startsWith('GET') || name.startsWith('DELETE') ? undefined : {});
}

export interface Page {
  path: string;
  /** The status for a kind of caller. */
  answers: (caller: string) => number;
}
const nothing = () => 404;
/** Pages that are about somebody, and what is below them or beside them in one language. The admin key opens no page. */
export const PAGES: Page[] = [
  { path: '/admin', answers: (caller) => (STAFF.has(caller) ? 200 : SIGNED_IN.has(caller) ? 404 : 307) },
  { path: '/admin/[id]', answers: nothing },
  { path: '/en/admin', answers: nothing },
  { path: '/account', answers: () => 200 }, // the same for everybody: it asks the API who is signed in
  { path: '/account/[id]', answers: nothing },
  { path: '/en/account', answers: nothing },
  { path: '/signin', answers: () => 200 },
  { path: '/signup', answers: () => 200 },
];

export interface Operation {
  name: string;
  method: string;
  path: string;
  rules: Rules;
  /** About a thing of one customer's. */
  personal: boolean;
}

/** Every method of the whole API: those described, and the description itself. */
export const OPERATIONS: Operation[] = [
  ...routes,
  { path: '/api/openapi.json', module: description, methods: { GET: {} } },
].flatMap(({ path, module, methods }) =>
  Object.keys(methods).map((method) => ({
    name: `${method} ${path}`,
    method,
    path,
    rules: rulesOf(module[method as 'GET'])!,
    personal: /\[cartId\]|orders\/\[id\]|\/cart\/add|\/payment\/(start|success|fail)|\/checkout/.test(path),
  })),
);

/** Another way to ask for an address: the `same` ones are answered as the usual way is, the rest lead nowhere. */
export interface Way {
  name: string;
  path: (path: string) => string;
  headers?: Record<string, string>;
  same: boolean;
}
const asIs = (path: string) => path;
/** What stands in place of a call's `/api/`, and of a page's first slash. */
const begin = (api: string, page: string) => (path: string) =>
  path.startsWith('/api/') ? path.replace('/api/', api) : path.replace('/', page);
export const WAYS: Way[] = [
  { name: 'as it is', path: asIs, same: true },
  { name: 'a slash at the end', path: (path) => `${path}/`, same: true },
  { name: '`?_rsc=1`', path: (path) => `${path}?_rsc=1`, same: true },
  { name: '`?_method=GET`', path: (path) => `${path}?_method=GET`, same: true },
  { name: 'two slashes', path: begin('/api//', '//'), same: false },
  { name: 'two slashes at the end', path: (path) => `${path}//`, same: false },
  { name: 'upper case', path: (path) => path.replace(/^\/\w+/, (head) => head.toUpperCase()), same: false },
  { name: 'an encoded letter', path: (path) => path.replace(/^\/a/, '/%61'), same: false },
  { name: 'an encoded slash', path: begin('/api%2f', '/%2f'), same: false },
  { name: '`.`', path: begin('/api/./', '/./'), same: false },
  { name: '`..`', path: begin('/api/x/../', '/x/../'), same: false },
  { name: 'an encoded `..`', path: begin('/api/x/%2e%2E/', '/x/%2e%2E/'), same: false },
  { name: '`/_next/..`', path: (path) => `/_next/..${path}`, same: false },
  { name: '`.rsc`', path: (path) => `${path}.rsc`, same: false },
  { name: '`;a=1`', path: (path) => `${path};a=1`, same: false },
  { name: 'an id of nothing', path: (path) => path.replace(/\[\w+\]/, randomUUID()), same: false },
  { name: 'an id of a wrong form', path: (path) => path.replace(/\[\w+\]/, '..%5c%00'), same: false },
  ...Object.entries({
    'a proxy’s own request': { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    'the same of Next 16': { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
    'another method by header': { 'x-http-method-override': 'GET' },
    'another address by header': { 'x-original-url': '/api/health', 'x-rewrite-url': '/api/health' },
    'from this machine': {
      'x-forwarded-for': '127.0.0.1',
      'x-holdfast-address': '127.0.0.1',
      'x-forwarded-host': 'localhost',
    },
    'for React': { rsc: '1', 'next-router-prefetch': '1' },
    'for Next’s data': { 'x-nextjs-data': '1' },
  } as Record<string, Record<string, string>>).map(([name, headers]) => ({ name, path: asIs, headers, same: true })),
];
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
export const READS = new Set(['GET', 'HEAD']);
/** For HEAD, and a method that an address does not have, these are ways enough. */
export const FEW = WAYS.filter(({ name }) =>
  ['as it is', 'a slash at the end', 'another method by header'].includes(name),
);

/** Statuses of what leads nowhere, or elsewhere. */
export const nowhere = (status: number) => status >= 300 && status < 500 && status !== 429;

/** One attempt after the other, sixteen at a time. */
export async function all(work: (() => Promise<void>)[]): Promise<void> {
  const waiting = work.values();
  const lane = async () => {
    for (const one of waiting) await one();
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}
