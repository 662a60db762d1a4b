import type { z } from 'zod';
import { clientAddress, neighbourhood } from '#lib/http/address.ts';
import { readJson } from '#lib/http/body.ts';
import { type Caller, callerOf, type Named, namedBy, type Who } from '#lib/http/caller.ts';
import { tryKey } from '#lib/http/guess.ts';
import { problem, RequestError, tooMany } from '#lib/http/problem.ts';
import { idempotencyKey } from '#lib/http/schemas.ts';
import { LIMITS } from '#lib/limits.ts';
import { log } from '#lib/log.ts';
import { type HoldfastProcess, holdfast } from '#lib/process.ts';
import type { Exceeded, RateClass } from '#lib/rates/index.ts';
import { isUnavailable } from '#lib/unavailable.ts';

/** What Next passes to a route handler beside the request, and what the express lane passes too. */
export interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

export interface Rules<Params = unknown, Query = unknown, Body = unknown> {
  who: Who;
  /** Which points a call costs (lib/rates/table.ts): `read` for GET and `change` for the rest when it says nothing. */
  rate?: RateClass;
  /** Look the caller's account up now, whatever the process knows of it: for what moves money. */
  fresh?: boolean;
  /**
   * Let a guest's cookie name its guest, also when an account has been it: only for the checkout, whose losers must not touch
   * MongoDB. A copied cookie can hold a unit there, like anybody; it can neither see nor pay for it, nor check out a cart.
   */
  trustGuest?: boolean;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  /** How the body is parsed; without it the handler may read `request` itself. */
  body?: z.ZodType<Body>;
  /** Only for webhooks: the signature says who it is, wherever it comes from. */
  anyOrigin?: boolean;
}

/** What a handler gets: everything parsed, and who asks. */
export interface Call<Params, Query, Body> extends Caller {
  shop: HoldfastProcess;
  request: Request;
  params: Params;
  query: Query;
  body: Body;
  /** The caller's IP address. */
  address: string;
  /** Header Idempotency-Key, or empty. */
  key: string;
}

const RULES = Symbol.for('holdfast.route');

/** A route handler made by `route` or `onlyAnswers`; nothing else is one, so that no address can go without its checks. */
export interface Handler {
  (request: Request, context?: RouteContext): Promise<Response>;
  readonly [RULES]: Rules;
}

/** @returns the rules of a handler that `route` or `onlyAnswers` has made; undefined for any other function */
export function rulesOf(handler: unknown): Rules | undefined {
  return typeof handler === 'function' ? (handler as Partial<Handler>)[RULES] : undefined;
}

/**
 * Wrap one verb into an HTTP handler: check who asks, from where and how often, parse everything, run it, and answer every
 * error as a problem. Handlers use nothing of Next, so that server.ts can mount them by the express lane.
 */
export function route<Params = unknown, Query = unknown, Body = unknown>(
  rules: Rules<Params, Query, Body>,
  handler: (call: Call<Params, Query, Body>) => Promise<Response>,
): Handler {
  const checked = async (request: Request, context?: RouteContext) => {
    let newGuest: string | undefined;
    const answer = await answered().catch((error: unknown) => toProblem(error, request));
    // Also when it is a problem: the repeat of a call that nobody knows the end of must come from the same customer.
    if (newGuest) answer.headers.append('set-cookie', newGuest);
    return answer;

    async function answered(): Promise<Response> {
      const shop = holdfast();
      if (!rules.anyOrigin) checkOrigin(request, shop.env.NEXTAUTH_URL);
      const address = clientAddress(request.headers, shop.env.TRUSTED_PROXY_HOPS);
      const rate = tryMerchant(shop, request, address) ? 'none' : (rules.rate ?? usualRate(request));
      const from = { address: neighbourhood(address) };
      refuse(shop.rates.look(rate, from)); // before a cookie is deciphered
      const named = rules.who === 'anyone' ? NOBODY : await namedBy(shop, request);
      refuse(shop.rates.look(rate, { customer: named.token?.sub ?? named.guest ?? '' })); // before the neighbours pay for it
      refuse(shop.rates.take(rate, from)); // before anybody is looked up
      const caller = await callerOf(shop, request, named, rules);
      if (!caller.isAdmin) refuse(shop.rates.take(rate, { customer: caller.customer }));
      const call = {
        ...caller,
        shop,
        request,
        address,
        params: parse(rules.params, await context?.params, 'NOT_FOUND') as Params,
        query: (rules.query
          ? parse(rules.query, Object.fromEntries(new URL(request.url).searchParams), 'INVALID_REQUEST')
          : undefined) as Query,
        body: (rules.body ? parse(rules.body, await readJson(request), 'INVALID_REQUEST') : undefined) as Body,
        key: parseKey(request),
      };
      if (caller.customer || rules.who !== 'guest') return await handler(call);
      const { customer, setCookie } = shop.guests.create();
      newGuest = setCookie;
      return handler({ ...call, customer, customers: [customer] });
    }
  };
  return Object.assign(checked, { [RULES]: rules as Rules });
}

/** @returns the shop's own address without a slash at its end: as configured, or as this caller reached it */
export function shopUrl(request: Request, configured: string | undefined): string {
  if (configured) return configured.replace(/\/+$/, '');
  return `http://${request.headers.get('host') ?? new URL(request.url).host}`;
}

/** The answer to a method that an address does not have. */
export function methodNotAllowed(allowed: string[]): Response {
  return problem('METHOD_NOT_ALLOWED', {}, { allow: allowed.join(', ') });
}

/** A handler for the methods that an address does not have, where Next serves it: its own 405 has no body. */
export function onlyAnswers(...allowed: string[]): Handler {
  return Object.assign(async () => methodNotAllowed(allowed), { [RULES]: NOTHING });
}

/** A handler for addresses that there are not, whatever the method. */
export function answersNothing(): Handler {
  return Object.assign(async () => problem('NOT_FOUND'), { [RULES]: NOTHING });
}

const NOBODY: Named = { token: undefined, guest: undefined };
const NOTHING: Rules = { who: 'anyone', rate: 'none' };

/** A JSON answer that nobody may cache. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'private, no-store', ...headers },
  });
}

/**
 * Read a value by its schema.
 * @throws {RequestError} with the field that is wrong
 */
export function parse<T>(
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

/** Whether the admin key came with a request; a wrong one is a guess and costs points wherever it is tried. */
function tryMerchant(shop: HoldfastProcess, request: Request, address: string): boolean {
  if (!request.headers.get('authorization')?.startsWith('Bearer ')) return false;
  const guess = tryKey(shop, address, () => shop.adminKey.of(request) === 'right');
  if (typeof guess === 'object') throw new ExceededError(guess);
  return guess === 'right';
}

const usualRate = ({ method }: Request): RateClass => (SAFE.has(method) ? 'read' : 'change');

function refuse(exceeded: Exceeded | undefined): void {
  if (exceeded) throw new ExceededError(exceeded);
}

class ExceededError extends Error {
  override name = 'ExceededError';
  readonly exceeded: Exceeded;
  constructor(exceeded: Exceeded) {
    super(exceeded.name);
    this.exceeded = exceeded;
  }
}

function toProblem(error: unknown, request: Request): Response {
  if (error instanceof RequestError) return problem(error.code, error.details);
  if (error instanceof ExceededError) return tooMany(error.exceeded);
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
