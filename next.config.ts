import type { NextConfig } from 'next';

const developing = process.env.NODE_ENV === 'development';

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  // Pages are static shells, so their inline scripts cannot carry a nonce.
  `script-src 'self' 'unsafe-inline'${developing ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  `connect-src 'self'${developing ? ' ws: wss:' : ''}`,
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = [
  { key: 'Content-Security-Policy', value: CONTENT_SECURITY_POLICY },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(self)' },
];

const config: NextConfig = {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // What the shop is built of, and nothing else; Next leaves a config that extends another one as it is.
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  serverExternalPackages: ['ioredis', 'mongoose', 'pino', 'prom-client'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Shells of unknown ids stay in memory: nobody fills the disk by asking for pages that do not exist.
  experimental: { isrFlushToDisk: false },
  headers: async () => [
    { source: '/:path*', headers: SECURITY_HEADERS },
    {
      source: '/art/:path*',
      headers: [{ key: 'Cache-Control', value: 'public, max-age=86400, stale-while-revalidate=604800' }],
    },
  ],
  // One static page serves every order, so that a thousand new orders cost no rendering.
  rewrites: async () => [{ source: '/orders/:orderId', destination: '/orders/order' }],
};

export default config;
