import type { ErrorCode, Problem } from '#lib/contract.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Exceeded } from '#lib/rates/index.ts';

const PROBLEMS: Record<ErrorCode, { status: number; title: string }> = {
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  INVALID_JSON: { status: 400, title: 'The body is not valid JSON' },
  INVALID_SIGNATURE: { status: 400, title: 'The signature does not fit the body' },
  CART_EMPTY: { status: 400, title: 'The cart has nothing to check out' },
  UNAUTHORIZED: { status: 401, title: 'An admin has to sign in, or send the admin key' },
  SIGN_IN_REQUIRED: { status: 401, title: 'Sign in first' },
  SIGN_IN_REFUSED: { status: 401, title: 'E-mail address and password do not fit' },
  FORBIDDEN: { status: 403, title: 'This request may not come from there' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not answer that method' },
  OUT_OF_STOCK: { status: 409, title: 'Not enough units are free' },
  SALE_NOT_OPEN: { status: 409, title: 'The sale is not open' },
  SALE_CLOSED: { status: 409, title: 'The sale is over' },
  LIMIT_REACHED: { status: 409, title: 'A customer may not have that many' },
  HOLD_COOLDOWN: { status: 409, title: 'Several holds were not paid: wait before the next' },
  CART_ON_HOLD: { status: 409, title: 'The cart changed while an order of it is on hold' },
  PRICE_CHANGED: { status: 409, title: 'The price is not the expected one' },
  CART_HAS_SEVERAL_SALES: { status: 409, title: 'A checkout is of one sale: say which' },
  CART_CLOSED: { status: 409, title: 'The cart was paid: begin a new one' },
  ORDER_EXPIRED: { status: 409, title: 'The hold has expired' },
  ORDER_CANCELLED: { status: 409, title: 'The order is cancelled' },
  ORDER_ALREADY_PAID: { status: 409, title: 'The order is paid' },
  ALREADY_EXTENDED: { status: 409, title: 'The hold was extended before' },
  NOT_PAID: { status: 409, title: 'The order is not paid' },
  NOT_CAPTURED: { status: 409, title: 'The money of the order is not captured yet' },
  NOTHING_TO_DELIVER: { status: 409, title: 'The sale does not ship' },
  DELIVERY_FIXED: { status: 409, title: 'The delivery details can no longer be changed' },
  PAYMENT_IMPOSSIBLE: { status: 409, title: 'The payment provider cannot take this sum' },
  STOCK_LIMIT: { status: 409, title: 'The shop may not have that many' },
  ALREADY_EXISTS: { status: 409, title: 'The id is taken' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be application/json' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The idempotency key belongs to another request' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests: wait a moment' },
  SALE_NOT_READY: { status: 503, title: 'The sale is being restored' },
  PAYMENT_UNAVAILABLE: { status: 503, title: 'The payment provider cannot be asked right now' },
  UNAVAILABLE: { status: 503, title: 'The shop cannot answer right now' },
};

/** Every code that a problem can have. */
export const ERROR_CODES = Object.keys(PROBLEMS) as [ErrorCode, ...ErrorCode[]];

const HEADERS = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };

/**
 * An error answer after RFC 9457, with a stable `code`. A 503 carries Retry-After.
 * @param details further members of the body; `status` overrides the code's usual one
 */
export function problem(
  code: ErrorCode,
  details: Partial<Problem> = {},
  headers: Record<string, string> = {},
): Response {
  const { status: usual, title } = PROBLEMS[code];
  const status = details.status ?? usual;
  const body: Problem = { type: 'about:blank', title, ...details, status, code };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...HEADERS, ...(status === 503 ? { 'retry-after': String(LIMITS.retryAfterSeconds) } : {}), ...headers },
  });
}

/**
 * The answer to a caller whose points are used up. RateLimit and RateLimit-Policy are those of
 * draft-ietf-httpapi-ratelimit-headers-11: the policy's quota and window, what is left of it and for how many seconds.
 */
export function tooMany({ name, points, windowSeconds, retryAfterSeconds }: Exceeded): Response {
  return problem(
    'TOO_MANY_REQUESTS',
    {},
    {
      'retry-after': String(retryAfterSeconds),
      'ratelimit-policy': `"${name}";q=${points};w=${windowSeconds}`,
      ratelimit: `"${name}";r=0;t=${retryAfterSeconds}`,
    },
  );
}

/** Thrown while a request is being read; becomes its problem. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly code: ErrorCode;
  readonly details: Partial<Problem>;
  constructor(code: ErrorCode, details: Partial<Problem> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
