import type { z } from 'zod';
import { readJson } from '#lib/http/body.ts';
import { problem, RequestError } from '#lib/http/problem.ts';
import { idempotencyKey } from '#lib/http/schemas.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { type HoldfastProcess, holdfast } from '#lib/process.ts';
import { isUnavailable } from '#lib/unavailable.ts';

/** What Next passes to a route handler beside the request, and what the express lane passes too. */
export interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

interface Rules<Params, Query, Body> {
  /**
   * Who may call: `guest` makes a caller without a cookie a guest, `customer` leaves them nobody (and so finds nothing),
   * `admin` wants the admin key.
   */
  who: 'anyone' | 'customer' | 'guest' | 'admin';
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  /** How the body is parsed; without it the handler may read `request` itself. */
  body?: z.ZodType<Body>;
  /** Only for webhooks: the signature says who it is, wherever it comes from. */
  anyOrigin?: boolean;
}

/** What a handler gets: everything parsed. `customer` is empty for nobody. */
export interface Call<Params, Query, Body> {
  shop: HoldfastProcess;
  request: Request;
  params: Params;
  query: Query;
  body: Body;
  customer: string;
  isAdmin: boolean;
  /** Header Idempotency-Key, or empty. */
  key: string;
}

export type Handler = (request: Request, context?: RouteContext) => Promise<Response>;

/**
 * Wrap one verb into an HTTP handler: check who asks and from where, parse everything, run it, and answer every error as a
 * problem. Handlers use nothing of Next, so that server.ts can mount them by the express lane.
 */
export function route<Params = unknown, Query = unknown, Body = unknown>(
  rules: Rules<Params, Query, Body>,
  handler: (call: Call<Params, Query, Body>) => Promise<Response>,
): Handler {
  return async (request, context) => {
    try {
      const shop = holdfast();
      if (!rules.anyOrigin) checkOrigin(request, shop.env.NEXTAUTH_URL);
      const isAdmin = shop.admins.isAdmin(request);
      if (rules.who === 'admin' && !isAdmin) throw new RequestError('UNAUTHORIZED');
      const call = {
        shop,
        request,
        isAdmin,
        params: parse(rules.params, await context?.params, 'NOT_FOUND') as Params,
        query: (rules.query
          ? parse(rules.query, Object.fromEntries(new URL(request.url).searchParams), 'INVALID_REQUEST')
          : undefined) as Query,
        body: (rules.body ? parse(rules.body, await readJson(request), 'INVALID_REQUEST') : undefined) as Body,
        key: parseKey(request),
      };
      let customer = rules.who === 'anyone' ? '' : (shop.guests.of(request) ?? '');
      if (customer || rules.who !== 'guest') return await handler({ ...call, customer });
      const guest = shop.guests.create();
      customer = guest.customer;
      const response = await handler({ ...call, customer });
      response.headers.append('set-cookie', guest.setCookie);
      return response;
    } catch (error) {
      return toProblem(error, request);
    }
  };
}

/** The answer to a method that an address does not have. */
export function methodNotAllowed(allowed: string[]): Response {
  return problem('METHOD_NOT_ALLOWED', {}, { allow: allowed.join(', ') });
}

/** A handler for the methods that an address does not have, where Next serves it: its own 405 has no body. */
export function onlyAnswers(...allowed: string[]): Handler {
  return async () => methodNotAllowed(allowed);
}

/** A JSON answer that nobody may cache. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'private, no-store', ...headers },
  });
}

function parse<T>(
  schema: z.ZodType<T> | undefined,
  value: unknown,
  code: 'INVALID_REQUEST' | 'NOT_FOUND',
): T | undefined {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value === undefined ? {} : value);
  if (parsed.success) return parsed.data;
  if (code === 'NOT_FOUND') throw new RequestError('NOT_FOUND');
  const issue = closestIssue(parsed.error.issues);
  throw new RequestError(code, {
    field: issue?.path.join('.') || 'body',
    detail: issue?.message.slice(0, LIMITS.detailLength) ?? 'not valid',
  });
}

/** What is wrong, of the form that the caller meant: of several possible ones, the one with the fewest mistakes. */
function closestIssue([issue]: z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  return closestIssue([...issue.errors].sort((a, b) => a.length - b.length)[0]!) ?? issue;
}

function parseKey(request: Request): string {
  const header = request.headers.get('idempotency-key');
  if (header === null) return '';
  const parsed = idempotencyKey.safeParse(header);
  if (!parsed.success)
    throw new RequestError('INVALID_REQUEST', {
      field: 'Idempotency-Key',
      detail: parsed.error.issues[0]?.message ?? '',
    });
  return parsed.data;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cross-site request forgery: a browser says where a request comes from (Origin, Sec-Fetch-Site); only the shop's own pages
 * may change state. A client that says neither is no browser.
 */
function checkOrigin(request: Request, shopUrl: string | undefined): void {
  if (SAFE.has(request.method)) return;
  const origin = request.headers.get('origin');
  if (origin !== null) {
    const host = request.headers.get('host') ?? new URL(request.url).host;
    const own = URL.canParse(origin) && new URL(origin).host === host && /^https?:$/.test(new URL(origin).protocol);
    if (!own && !(shopUrl && origin === new URL(shopUrl).origin)) throw new RequestError('FORBIDDEN');
  }
  if (request.headers.get('sec-fetch-site') === 'cross-site') throw new RequestError('FORBIDDEN');
}

function toProblem(error: unknown, request: Request): Response {
  if (error instanceof RequestError) return problem(error.code, error.details);
  if (isUnavailable(error)) {
    log().warn(
      { err: error, method: request.method, path: new URL(request.url).pathname.slice(0, 200) },
      'unavailable',
    );
    return problem('UNAVAILABLE');
  }
  log().error({ err: error, method: request.method, path: new URL(request.url).pathname.slice(0, 200) }, 'failed');
  return problem('UNAVAILABLE', { status: 500, title: 'Something went wrong in the shop' });
}
