import type { NextConfig } from 'next';

const config: NextConfig = {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // What the shop is built of, and nothing else; Next leaves a config that extends another one as it is.
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  serverExternalPackages: ['ioredis', 'mongoose', 'pino', 'prom-client', 'rate-limiter-flexible', 'stripe'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Shells of unknown ids stay in memory: nobody fills the disk by asking for pages that do not exist.
  experimental: { isrFlushToDisk: false },
  // Security headers are server.ts's (lib/http/headers.ts): Next would keep those of the build's environment.
  headers: async () => [
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
  // One static page serves every order, so that a thousand new orders cost no rendering.
  rewrites: async () => [
    { source: '/orders/:orderId', destination: '/orders/order' },
    { source: '/orders/:orderId/receipt', destination: '/orders/receipt' },
  ],
};

export default config;
