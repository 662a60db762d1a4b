import cluster from 'node:cluster';
import { createServer } from 'node:http';
import next from 'next';
import * as adminSession from '#app/api/admin/session/route.ts';
import * as oneCart from '#app/api/cart/[cartId]/route.ts';
import * as cartAdd from '#app/api/cart/add/route.ts';
import * as cart from '#app/api/cart/route.ts';
import * as checkout from '#app/api/checkout/route.ts';
import * as health from '#app/api/health/route.ts';
import * as cancelOrder from '#app/api/orders/[id]/cancel/route.ts';
import * as extendOrder from '#app/api/orders/[id]/extend/route.ts';
import * as order from '#app/api/orders/[id]/route.ts';
import * as orders from '#app/api/orders/route.ts';
import * as paymentFail from '#app/api/payment/fail/route.ts';
import * as paymentSuccess from '#app/api/payment/success/route.ts';
import * as webhook from '#app/api/payment/webhook/route.ts';
import * as product from '#app/api/product/route.ts';
import * as seed from '#app/api/product/seed/route.ts';
import * as products from '#app/api/products/route.ts';
import * as saleEvents from '#app/api/sales/[id]/events/route.ts';
import * as sale from '#app/api/sales/[id]/route.ts';
import * as sales from '#app/api/sales/route.ts';
import { env } from '#lib/env.ts';
import { answerBroken } from '#lib/http/gate.ts';
import { expressLane } from '#lib/http/lane.ts';
import { log } from '#lib/log.ts';
import { holdfast } from '#lib/process.ts';
import { onShutdown, refuseToStart } from '#lib/shutdown.ts';

/** What shoppers call in a sale's first second, and every call that takes a body; everything else is Next's. */
const answerHot = expressLane([
  ['/api/checkout', checkout],
  ['/api/payment/success', paymentSuccess],
  ['/api/payment/fail', paymentFail],
  ['/api/payment/webhook', webhook],
  ['/api/cart', cart],
  ['/api/cart/add', cartAdd],
  ['/api/cart/[cartId]', oneCart],
  ['/api/orders', orders],
  ['/api/orders/[id]', order],
  ['/api/orders/[id]/cancel', cancelOrder],
  ['/api/orders/[id]/extend', extendOrder],
  ['/api/products', products],
  ['/api/sales', sales],
  ['/api/sales/[id]', sale],
  ['/api/sales/[id]/events', saleEvents],
  ['/api/health', health],
  ['/api/product', product],
  ['/api/product/seed', seed],
  ['/api/admin/session', adminSession],
]);

/** One web process: Next.js, and the express lane in front of it. */
async function serve(dev: boolean): Promise<void> {
  const shop = holdfast();
  const app = next({ dev, dir: import.meta.dirname });
  const ready = app.prepare();
  const answerByNext = app.getRequestHandler();
  // An idle connection outlives a browser's or proxy's patience (a minute): none is cut while its next request is on the way.
  const timeouts = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 };
  const server = createServer(timeouts, (req, res) => {
    if (!dev && answerHot(req, res)) return;
    ready.then(() => answerByNext(req, res)).catch(() => res.destroy());
  });
  if (dev)
    server.on('upgrade', (req, socket, head) => void ready.then(() => app.getUpgradeHandler()(req, socket, head)));
  server.on('clientError', answerBroken);
  server.on('error', refuseToStart);
  server.listen(shop.env.PORT, () => log().info({ port: shop.env.PORT }, 'web listens'));
  onShutdown(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    shop.events.close();
    const hangUp = setInterval(() => server.closeIdleConnections(), 50);
    await closed;
    clearInterval(hangUp);
    await shop.close();
  });
  await ready;
  await shop.boot();
  log().info('web is ready');
}

/** Several processes on one port, where the machine has the cores for it. */
function serveMany(processes: number): void {
  for (let i = 0; i < processes; i++) cluster.fork();
  let stopping = false;
  cluster.on('exit', (_, code) => {
    if (code === 78) process.exit(code);
    if (!stopping) cluster.fork();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill(signal);
    });
  }
}

try {
  const { WEB_CONCURRENCY } = env();
  if (cluster.isPrimary && WEB_CONCURRENCY > 1) serveMany(WEB_CONCURRENCY);
  else await serve(process.argv.includes('--dev'));
} catch (error) {
  refuseToStart(error);
}
