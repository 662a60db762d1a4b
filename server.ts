import cluster from 'node:cluster';
import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import next from 'next';
import * as unknown from '#app/api/[...rest]/route.ts';
import * as deleteAccount from '#app/api/account/delete/route.ts';
import * as exportAccount from '#app/api/account/export/route.ts';
import * as changePassword from '#app/api/account/password/route.ts';
import * as account from '#app/api/account/route.ts';
import * as closeAlarm from '#app/api/alarms/[id]/close/route.ts';
import * as alarms from '#app/api/alarms/route.ts';
import * as auth from '#app/api/auth/[...nextauth]/route.ts';
import * as oneCart from '#app/api/cart/[cartId]/route.ts';
import * as cartAdd from '#app/api/cart/add/route.ts';
import * as cart from '#app/api/cart/route.ts';
import * as checkout from '#app/api/checkout/route.ts';
import * as savedDelivery from '#app/api/delivery/route.ts';
import * as health from '#app/api/health/route.ts';
import * as metrics from '#app/api/metrics/route.ts';
import * as description from '#app/api/openapi.json/route.ts';
import * as cancelOrder from '#app/api/orders/[id]/cancel/route.ts';
import * as giveUpCapture from '#app/api/orders/[id]/capture/give-up/route.ts';
import * as captureOrder from '#app/api/orders/[id]/capture/route.ts';
import * as orderDelivery from '#app/api/orders/[id]/delivery/route.ts';
import * as extendOrder from '#app/api/orders/[id]/extend/route.ts';
import * as receipt from '#app/api/orders/[id]/receipt/route.ts';
import * as refundOrder from '#app/api/orders/[id]/refund/route.ts';
import * as order from '#app/api/orders/[id]/route.ts';
import * as orders from '#app/api/orders/route.ts';
import * as paymentFail from '#app/api/payment/fail/route.ts';
import * as payment from '#app/api/payment/route.ts';
import * as paymentStart from '#app/api/payment/start/route.ts';
import * as paymentSuccess from '#app/api/payment/success/route.ts';
import * as webhook from '#app/api/payment/webhook/route.ts';
import * as product from '#app/api/product/route.ts';
import * as seed from '#app/api/product/seed/route.ts';
import * as products from '#app/api/products/route.ts';
import * as readiness from '#app/api/ready/route.ts';
import * as saleEvents from '#app/api/sales/[id]/events/route.ts';
import * as sale from '#app/api/sales/[id]/route.ts';
import * as sales from '#app/api/sales/route.ts';
import * as tokens from '#app/api/token/route.ts';
import { BUSY } from '#components/messages/failure.ts';
import { env } from '#lib/env.ts';
import { neighbourhoodOf, noteAddress, viaUnknownProxy } from '#lib/http/address.ts';
import { busyPage } from '#lib/http/busy-page.ts';
import { boundConnections } from '#lib/http/connections.ts';
import { answerBroken } from '#lib/http/gate.ts';
import { securityHeaders, setSecurityHeaders } from '#lib/http/headers.ts';
import { expressLane, isPage, send } from '#lib/http/lane.ts';
import { tooMany } from '#lib/http/problem.ts';
import { staticFiles } from '#lib/http/static-files.ts';
import { LIMITS } from '#lib/limits.ts';
import { log, logConsole } from '#lib/log.ts';
import { holdfast } from '#lib/process.ts';
import { onShutdown, refuseToStart } from '#lib/shutdown.ts';
import { superviseProcesses } from '#lib/web-processes.ts';
import nextConfig from './next.config.ts';

/** The whole API: what shoppers call in a sale's first second, and no call that costs more to refuse than to limit. Pages are Next's. */
const answerHot = expressLane([
  ['/api/checkout', checkout],
  ['/api/payment/start', paymentStart],
  ['/api/payment', payment],
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
  ['/api/orders/[id]/capture', captureOrder],
  ['/api/orders/[id]/capture/give-up', giveUpCapture],
  ['/api/orders/[id]/refund', refundOrder],
  ['/api/alarms', alarms],
  ['/api/alarms/[id]/close', closeAlarm],
  ['/api/orders/[id]/receipt', receipt],
  ['/api/orders/[id]/delivery', orderDelivery],
  ['/api/delivery', savedDelivery],
  ['/api/products', products],
  ['/api/sales', sales],
  ['/api/sales/[id]', sale],
  ['/api/sales/[id]/events', saleEvents],
  ['/api/health', health],
  ['/api/product', product],
  ['/api/product/seed', seed],
  ['/api/auth/[action]', auth],
  ['/api/auth/[action]/[provider]', auth],
  ['/api/account', account],
  ['/api/account/password', changePassword],
  ['/api/account/export', exportAccount],
  ['/api/account/delete', deleteAccount],
  ['/api/token', tokens],
  ['/api/openapi.json', description],
  ['/api/ready', readiness],
  ['/api/metrics', metrics],
  ['/api/[...rest]', unknown],
]);

/** Whatever Next answers costs more than a refusal, so it is limited before it. */
function refuseByRate(req: IncomingMessage): Response | undefined {
  const { env, rates } = holdfast();
  const exceeded = rates.take(isPage(req) ? 'page' : 'file', { address: neighbourhoodOf(req, env.TRUSTED_PROXY_HOPS) });
  if (!exceeded) return undefined;
  const refusal = tooMany(exceeded);
  return req.headers.accept?.includes('text/html') ? busyPage(refusal, BUSY) : refusal;
}

/** One web process: Next.js, and the express lane in front of it. */
async function serve(dev: boolean): Promise<void> {
  if (!dev) logConsole();
  const shop = holdfast();
  const app = next({ dev, dir: import.meta.dirname });
  const ready = app.prepare();
  const answerByNext = app.getRequestHandler();
  const answerStatic = dev ? () => false : staticFiles(path.join(import.meta.dirname, nextConfig.distDir!, 'static'));
  let warned = false;
  const headers = securityHeaders({
    https: shop.env.NEXTAUTH_URL?.startsWith('https:') ?? false,
    stripe: shop.env.PAYMENT_PROVIDER === 'stripe',
    developing: dev,
  });
  // An idle connection outlives a browser's or proxy's patience (a minute): none is cut while its next request is on the way.
  const timeouts = {
    requestTimeout: LIMITS.requestMs,
    headersTimeout: LIMITS.headersMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    connectionsCheckingInterval: LIMITS.connectionCheckMs,
  };
  // Next listens for upgrades from its first page on, and would keep a connection that none of its routes takes, past every
  // rate and timeout. The shop speaks HTTP alone: whoever asks for more is answered in it.
  const shouldUpgradeCallback = () => dev;
  const server = createServer({ ...timeouts, shouldUpgradeCallback }, (req, res) => {
    noteAddress(req);
    setSecurityHeaders(res, headers);
    if (!warned && viaUnknownProxy(req, shop.env.TRUSTED_PROXY_HOPS)) {
      warned = true;
      log().warn(
        'requests come by a proxy: set TRUSTED_PROXY_HOPS, or all shoppers share the rates and connections of one address',
      );
    }
    if (!dev && (answerHot(req, res) || answerStatic(req, res))) return;
    const refused = dev ? undefined : refuseByRate(req);
    if (refused) return void send(refused, res).catch(() => res.destroy());
    ready.then(() => answerByNext(req, res)).catch(() => res.destroy());
  });
  server.maxConnections = LIMITS.connectionsPerProcess;
  const direct = shop.env.RATE_LIMIT === 'on' && shop.env.TRUSTED_PROXY_HOPS === 0;
  if (direct) boundConnections(server, LIMITS.connectionsPerAddress);
  server.setTimeout(LIMITS.connectionSilentMs);
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

try {
  const { WEB_CONCURRENCY } = env();
  if (cluster.isPrimary && WEB_CONCURRENCY > 1) {
    logConsole();
    superviseProcesses(WEB_CONCURRENCY);
  } else await serve(process.argv.includes('--dev'));
} catch (error) {
  refuseToStart(error);
}
