import type { NextConfig } from 'next';
import type { RouteHas } from 'next/dist/lib/load-custom-routes';
import { LANGUAGE_COOKIE, LANGUAGES, type Language } from './components/messages/language.ts';
import { GUARDED } from './lib/http/headers.ts';

/** What stands beside the pages of app/[lang]. */
const NOT_PAGES = '(?:api|art|_next)/|(?:icon\\.svg|favicon\\.ico|robots\\.txt)$';

/** Which visitor gets which language: by their own choice, else by their browser's first language, else the first one. */
const VISITORS: { language: Language; has?: RouteHas[] }[] = [
  ...LANGUAGES.map((language) => ({
    language,
    has: [{ type: 'cookie' as const, key: LANGUAGE_COOKIE, value: language }],
  })),
  ...LANGUAGES.map((language) => ({
    language,
    has: [{ type: 'header' as const, key: 'accept-language', value: `${language}(?:[-,;].*)?` }],
  })),
  { language: LANGUAGES[0] },
];

const config: NextConfig = {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // What the shop is built of, and nothing else; Next leaves a config that extends another one as it is.
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  serverExternalPackages: ['ioredis', 'mongoose', 'pino', 'prom-client', 'rate-limiter-flexible', 'stripe'],
  // The shop's art is drawn as it is: nobody has Next fetch and scale pictures.
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Shells of unknown ids stay in memory: nobody fills the disk by asking for pages that do not exist.
  experimental: { isrFlushToDisk: false, globalNotFound: true },
  // Security headers are server.ts's (lib/http/headers.ts): Next would keep those of the build's environment.
  headers: async () => [
    {
      source: `/:path((?!api/|art/|_next/|(?:${GUARDED.join('|')})(?:/|$)).*)`,
      // One address, several languages: a cache that many share would mix them up. Browsers ask with their ETag.
      headers: [{ key: 'Cache-Control', value: 'private, no-cache' }],
    },
    {
      source: '/orders/:orderId/receipt',
      headers: [
        { key: 'Referrer-Policy', value: 'no-referrer' },
        { key: 'Cache-Control', value: 'private, no-store' },
      ],
    },
    {
      source: '/art/:path*',
      headers: [{ key: 'Cache-Control', value: 'public, max-age=86400, stale-while-revalidate=604800' }],
    },
  ],
  rewrites: async () =>
    VISITORS.flatMap(({ language, has }) => [
      // One static page serves every order, so that a thousand new orders cost no rendering.
      { has, source: '/orders/:orderId', destination: `/${language}/orders/order` },
      { has, source: '/orders/:orderId/receipt', destination: `/${language}/orders/receipt` },
      { has, source: '/', destination: `/${language}` },
      { has, source: `/:first((?!${NOT_PAGES})[^/]+)/:rest*`, destination: `/${language}/:first/:rest*` },
    ]),
};

export default config;
