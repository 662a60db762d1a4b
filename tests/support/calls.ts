import type { CheckoutAnswer, Problem } from '#lib/contract.ts';
import type { Answer } from '#tests/support/http.ts';

/** One call as its shopper saw it; `unknown` = no answer, or one that promises nothing (503). Times are of `performance.now()`. */
export interface Call {
  op: 'checkout' | 'extends' | 'cancels' | 'pays' | 'fails' | 'other';
  startMs: number;
  endMs: number;
  outcome: 'ok' | 'refused' | 'unknown';
  status: number;
  code: string;
  /** The order that the answer names, or that the call is about. */
  orderId: string;
  /** What the answer says of that order: RESERVED, PAID or CANCELLED; empty when it says nothing. */
  order: string;
  /** The units that a checkout was promised. */
  tokens: string[];
  /** Until when, ms since 1970 by Redis's clock; of an extension also. */
  deadlineMs: number;
  /** The bank's page for the order, when a payment was begun. */
  page: string;
  /** A checkout's idempotency key: one key is one order. */
  key: string;
  /** Units of each product that a checkout asks for; empty when it is of a cart. */
  asks: Record<string, number>;
  /** Units of each product that were refused as out of stock. */
  lacks: Record<string, number>;
  /** Seconds that a refusing answer asks to wait; 0 when it asks nothing. */
  retryAfter: number;
}

interface Request {
  path: string;
  body: unknown;
  headers: Record<string, string>;
}

const OPS: Record<string, Call['op']> = {
  '/api/checkout': 'checkout',
  '/api/payment/start': 'extends', // paying has its extension
  '/api/payment/success': 'pays',
  '/api/payment/fail': 'fails',
  extend: 'extends',
  cancel: 'cancels',
};
const OF_ORDER = /^\/api\/orders\/([^/]+)\/(extend|cancel)$/;

interface Asked {
  orderId?: string;
  items?: { productId: string; quantity: number }[];
}

/** Make one call and write down how it went, also when nobody answers: the answer is then the error. */
export async function noted<A extends Answer>(
  { path, body, headers }: Request,
  work: () => Promise<A>,
): Promise<{ answer: A | Error; call: Call }> {
  const asked = (body ?? {}) as Asked;
  const [, ofOrder, verb] = OF_ORDER.exec(path) ?? [];
  const about = {
    op: OPS[verb ?? path] ?? 'other',
    key: headers['idempotency-key'] ?? '',
    asks: Object.fromEntries((asked.items ?? []).map(({ productId, quantity }) => [productId, quantity])),
    orderId: ofOrder ?? asked.orderId ?? '',
    startMs: performance.now(),
  };
  const answer = await work().catch((error: Error & { code?: string }) => error);
  const seen =
    answer instanceof Error ? { status: 0, headers: {}, body: { code: answer.code ?? answer.message } } : answer;
  return { answer, call: { ...about, ...whatItSays(seen, about.orderId), endMs: performance.now() } };
}

function whatItSays({ status, headers, body }: Answer<unknown>, about: string) {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Partial<
    Omit<CheckoutAnswer, 'status' | 'items'> & Omit<Problem, 'status' | 'items'>
  > & {
    status?: string | number;
    items?: { productId: string; requested?: number; tokens?: string[] }[];
    pay?: { url?: string };
  };
  const { code = '', orderId = about, items = [], expiresAt = '' } = said;
  return {
    status,
    code,
    orderId,
    outcome: status === 0 || status >= 500 ? 'unknown' : status < 300 ? 'ok' : 'refused',
    order: typeof said.status === 'string' ? said.status : '',
    tokens: items.flatMap(({ tokens = [] }) => tokens),
    deadlineMs: Date.parse(expiresAt),
    page: said.pay?.url ?? '',
    lacks:
      code === 'OUT_OF_STOCK'
        ? Object.fromEntries(items.map(({ productId, requested = 1 }) => [productId, requested]))
        : {},
    retryAfter: Number(headers['retry-after'] ?? 0),
  } satisfies Partial<Call>;
}

/** @returns the value that a share (0–1) of the values does not exceed */
export function percentile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}
