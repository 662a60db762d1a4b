import type { ServerResponse } from 'node:http';

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
}

const STRIPE_SCRIPTS = ['https://js.stripe.com', 'https://*.js.stripe.com'];
const STRIPE_FRAMES = [...STRIPE_SCRIPTS, 'https://hooks.stripe.com'];

/**
 * Every security header of the shop. Pages are static shells, the same for everybody: a nonce would make each of them dynamic
 * (seven times as dear), so Next's own inline scripts are allowed on them, and in turn no shell renders anybody's text.
 */
export function securityHeaders({ https, stripe, developing }: HeaderRules): SecurityHeaders {
  const sources = (...given: (string | false | string[])[]) => given.flat().filter(Boolean).join(' ');
  const policy = [
    "default-src 'none'",
    sources("script-src 'self' 'unsafe-inline'", developing && "'unsafe-eval'", stripe && STRIPE_SCRIPTS),
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
  ];
  const everywhere: Headers = [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(https ? ([['strict-transport-security', 'max-age=31536000']] as Headers) : []),
  ];
  return {
    page: [
      ...everywhere,
      ['content-security-policy', policy.join('; ')],
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
      ['content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox"],
      ['referrer-policy', 'no-referrer'],
    ],
  };
}

/** Put them on an answer before either door writes it. */
export function setSecurityHeaders(res: ServerResponse, { page, api }: SecurityHeaders): void {
  for (const [name, value] of res.req.url?.startsWith('/api/') ? api : page) res.setHeader(name, value);
}
