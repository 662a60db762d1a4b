import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The pages where passwords are typed and the back room: those of app/(guarded). */
export const GUARDED = ['account', 'admin', 'signin', 'signup'];
/** Where server.ts tells a guarded page the nonce of its scripts, over whatever a client has put there. */
export const NONCE_HEADER = 'x-holdfast-nonce';
/** Next reads the policy that it is to fulfil from the request, and puts its nonce on every script of a page made for it. */
const POLICY = 'content-security-policy';

/** What decides about the headers; all of it may differ between two starts of the same build. */
export interface HeaderRules {
  /** Browsers reach the shop over https. */
  https: boolean;
  /** Payments by Stripe: its form is a frame of its own. */
  stripe: boolean;
  /** Next's development server evaluates code and talks over a WebSocket. */
  developing: boolean;
}

type Headers = [name: string, value: string][];

/** Security headers by what is answered: a page of the storefront, or a call of the API. */
export interface SecurityHeaders {
  page: Headers;
  api: Headers;
  /** The policy of a guarded page, in place of the storefront's: only scripts with this nonce run, and what they load. */
  guardedPolicy(nonce: string): string;
}

const STRIPE_SCRIPTS = ['https://js.stripe.com', 'https://*.js.stripe.com'];
const STRIPE_FRAMES = [...STRIPE_SCRIPTS, 'https://hooks.stripe.com'];

/**
 * Every security header of the shop. Pages are static shells, the same for everybody: a nonce would make each of them dynamic
 * (seven times as dear), so Next's own inline scripts are allowed on them, and in turn no shell renders anybody's text. Guarded
 * pages are made per request and have a nonce.
 */
export function securityHeaders({ https, stripe, developing }: HeaderRules): SecurityHeaders {
  const sources = (...given: (string | false | string[])[]) => given.flat().filter(Boolean).join(' ');
  const policy = (...scripts: (string | false | string[])[]) =>
    [
      "default-src 'none'",
      sources("script-src 'self'", ...scripts, developing && "'unsafe-eval'"),
      "script-src-attr 'none'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      sources("connect-src 'self'", developing && 'ws: wss:', stripe && 'https://api.stripe.com'),
      sources('frame-src', stripe ? STRIPE_FRAMES : "'none'"),
      "manifest-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; ');
  const everywhere: Headers = [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(https ? ([['strict-transport-security', 'max-age=31536000']] as Headers) : []),
  ];
  return {
    page: [
      ...everywhere,
      [POLICY, policy("'unsafe-inline'", stripe && STRIPE_SCRIPTS)],
      ['referrer-policy', 'same-origin'],
      // Stripe's bank pages open as popups that report back.
      ['cross-origin-opener-policy', stripe ? 'same-origin-allow-popups' : 'same-origin'],
      [
        'permissions-policy',
        `camera=(), microphone=(), geolocation=(), payment=(self${stripe ? ' "https://js.stripe.com"' : ''})`,
      ],
    ],
    api: [
      ...everywhere,
      [POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"],
      ['referrer-policy', 'no-referrer'],
    ],
    guardedPolicy: (nonce) => policy(`'nonce-${nonce}'`, "'strict-dynamic'"),
  };
}

/** Put them on an answer before either door writes it; a request for a guarded page learns its nonce, and none brings its own. */
export function setSecurityHeaders(res: ServerResponse, { page, api, guardedPolicy }: SecurityHeaders): void {
  const { req } = res;
  for (const [name, value] of req.url?.startsWith('/api/') ? api : page) res.setHeader(name, value);
  delete req.headers[POLICY];
  delete req.headers[NONCE_HEADER];
  if (!isGuarded(req)) return;
  const nonce = randomBytes(16).toString('base64');
  const policy = guardedPolicy(nonce);
  req.headers[POLICY] = policy;
  req.headers[NONCE_HEADER] = nonce;
  res.setHeader(POLICY, policy);
}

/** Whether a request is for a guarded page, in whatever way its address is written. */
function isGuarded({ url = '/' }: IncomingMessage): boolean {
  try {
    const [first, ...rest] = decodeURIComponent(url.split('?', 1)[0]!).toLowerCase().split('/').filter(Boolean);
    return rest.length === 0 && GUARDED.includes(first ?? '');
  } catch {
    return false;
  }
}
