import { Agent, request } from 'node:http';
import type { CartAnswer, CheckoutAnswer, OneSaleAnswer, Problem } from '#lib/contract.ts';
import { type Call, noted } from '#tests/support/calls.ts';

export interface Answer<T = unknown> {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON, or the text when it is none. */
  body: T;
}

export interface CallOptions {
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}

/** A browser-like client: keeps connections and its own cookies. */
export interface Shopper {
  call<T = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  cookie: string;
  /** What this shopper has called and was told, oldest answer first. */
  calls: Call[];
  buyNow(
    items: { productId: string; quantity: number }[],
    key?: string,
  ): Promise<Answer<CheckoutAnswer & Omit<Problem, 'status' | 'items'>>>;
  pay(orderId: string): Promise<Answer<{ orderId: string; status: string } & Omit<Problem, 'status'>>>;
  fail(orderId: string): Promise<Answer<{ orderId: string; status: string } & Omit<Problem, 'status'>>>;
  cartWith(items: { productId: string; quantity: number }[]): Promise<string>;
}

export interface ShopClient {
  url: string;
  shopper(cookie?: string): Shopper;
  admin<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  sale(options?: {
    holdSeconds?: number;
    extendSeconds?: number;
    opensAt?: string;
    closesAt?: string;
    units?: number[];
    limitPerCustomer?: number;
    price?: number;
    currency?: string;
    taxBasisPoints?: number;
    ships?: boolean;
    holdsBeforeWait?: number;
  }): Promise<{ saleId: string; productIds: string[] }>;
  look(saleId: string): Promise<OneSaleAnswer>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 400 });

/**
 * @param url the web process, without a path
 * @param heard gets every call of every shopper when it ends
 */
export function client(url: string, heard: (call: Call) => void = () => {}): ShopClient {
  const admin: ShopClient['admin'] = (method, path, body, headers = {}) =>
    send(url, method, path, { body, headers: { authorization: `Bearer ${process.env.ADMIN_API_KEY}`, ...headers } });
  return {
    url,
    admin,
    shopper: (cookie = '') => shopper(url, cookie, heard),
    async sale({ units = [10], price = 1_000, limitPerCustomer, ...options } = {}) {
      const made = await admin<{ saleId: string }>('POST', '/api/sales', {
        name: 'A sale',
        currency: 'EUR',
        holdsBeforeWait: 0, // most tests' customers do not pay
        ...options,
      });
      if (made.status !== 201) throw new Error(JSON.stringify(made));
      const productIds: string[] = [];
      for (const [i, quantity] of units.entries()) {
        const product = await admin<{ productId: string }>('POST', '/api/product', {
          name: `Product ${i}`,
          price,
          saleId: made.body.saleId,
          ...(limitPerCustomer ? { limitPerCustomer } : {}),
        });
        if (product.status !== 201) throw new Error(JSON.stringify(product));
        const minted = await admin('POST', '/api/product/seed', { productId: product.body.productId, quantity });
        if (minted.status !== 200) throw new Error(JSON.stringify(minted));
        productIds.push(product.body.productId);
      }
      return { saleId: made.body.saleId, productIds };
    },
    look: async (saleId) => (await send<OneSaleAnswer>(url, 'GET', `/api/sales/${saleId}`)).body,
  };
}

function shopper(url: string, cookie: string, heard: (call: Call) => void): Shopper {
  const me: Shopper = {
    cookie,
    calls: [],
    async call<T>(method: string, path: string, options: CallOptions = {}) {
      const headers = { ...(me.cookie ? { cookie: me.cookie } : {}), ...options.headers };
      const { answer, call } = await noted({ path, body: options.body, headers }, () =>
        send<T>(url, method, path, { ...options, headers }),
      );
      me.calls.push(call);
      heard(call);
      if (answer instanceof Error) throw answer;
      me.cookie = withCookies(me.cookie, [answer.headers['set-cookie'] ?? []].flat());
      return answer;
    },
    buyNow: (items, key) =>
      me.call('POST', '/api/checkout', { body: { items }, headers: key ? { 'idempotency-key': key } : {} }),
    pay: (orderId) => me.call('POST', '/api/payment/success', { body: { orderId } }),
    fail: (orderId) => me.call('POST', '/api/payment/fail', { body: { orderId } }),
    async cartWith(items) {
      const { body } = await me.call<CartAnswer>('POST', '/api/cart');
      for (const item of items) {
        const added = await me.call('POST', '/api/cart/add', { body: { cartId: body.cartId, ...item } });
        if (added.status !== 200) throw new Error(JSON.stringify(added));
      }
      return body.cartId;
    },
  };
  return me;
}

/** What a browser sends after it was told to set these cookies. */
function withCookies(cookie: string, told: string[]): string {
  const jar = new Map(cookie.split('; ').map((pair) => [pair.split('=', 1)[0]!, pair]));
  jar.delete('');
  for (const one of told) {
    const pair = one.split(';', 1)[0]!;
    const name = pair.split('=', 1)[0]!;
    jar.delete(name);
    if (!/; Max-Age=0(;|$)/i.test(one)) jar.set(name, pair);
  }
  return [...jar.values()].join('; ');
}

/** Under a test runner every answer is held against the API's own description. */
const described = process.env.VITEST ? import('#tests/support/described.ts') : undefined;

async function send<T>(url: string, method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const answer = await exchange<T>(url, method, path, options);
  (await described)?.expectDescribed(method, path, answer);
  return answer;
}

/** One exchange as it is, held against nothing. */
export function exchange<T>(
  url: string,
  method: string,
  path: string,
  { body, raw, headers = {} }: CallOptions = {},
): Promise<Answer<T>> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url),
      {
        agent,
        method,
        path,
        headers: {
          ...(payload === undefined
            ? {}
            : {
                'content-type': 'application/json',
                ...(headers['transfer-encoding'] ? {} : { 'content-length': Buffer.byteLength(payload) }),
              }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parse(text) as T });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The text of a page but for the nonce that its policy names: what is the same for everybody. */
export function withoutNonce({ body, headers }: Answer): string {
  const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1];
  return nonce ? String(body).replaceAll(nonce, '') : String(body);
}
