/**
 * Where the payer goes from the bank's page: only ever back to the shop. An address elsewhere becomes the same path of the
 * shop's own, so that nobody can use the bank to lead a shopper astray. A shop on this machine has several names.
 * @param shopOrigin where browsers reach the shop
 */
export function safeReturn(returnUrl: string, shopOrigin: string): string {
  const wanted = new URL(returnUrl);
  const shop = new URL(shopOrigin);
  const sameMachine = LOOPBACK.has(shop.hostname) && LOOPBACK.has(wanted.hostname);
  if (wanted.protocol === shop.protocol && wanted.port === shop.port && (wanted.host === shop.host || sameMachine)) {
    wanted.username = '';
    wanted.password = '';
    return wanted.href;
  }
  shop.pathname = wanted.pathname;
  shop.search = wanted.search;
  return shop.href;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
