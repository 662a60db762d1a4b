import type { InventoryScripts } from '#lib/inventory/scripts.ts';
import type { Committed, HoldKeys, LiveOrder, Released } from '#lib/inventory/types.ts';
import { LIMITS } from '#lib/limits.ts';

/** Thrown when a hold kept changing between a look at it and the script that named its keys. */
export class UnsettledError extends Error {
  override name = 'UnsettledError';
}

/**
 * Give back what an order holds. Call it only after MongoDB has said CANCELLED. Safe to repeat.
 * @param options.cartId the order's cart where the caller knows it, so that a record left without its hold goes too
 * @param options.unpaid whether the hold was let go without a payment, which spends the customer's patience with the sale
 * @param options.frees the idempotency key that may make another order
 */
export async function release(
  scripts: InventoryScripts,
  saleId: string,
  orderId: string,
  { cartId = '', unpaid = false, frees }: { cartId?: string; unpaid?: boolean; frees?: HoldKeys['frees'] } = {},
): Promise<Released> {
  for (let attempt = 0; attempt < LIMITS.scriptAttempts; attempt++) {
    const look = await scripts.readHold(saleId, orderId);
    if (look.status === 'saleNotReady') return { status: 'saleNotReady' };
    const keys =
      look.status === 'held'
        ? {
            cartId: look.hold.cartId,
            productIds: Object.keys(look.hold.tokens),
            ...(unpaid ? { unpaidBy: look.hold.customer } : {}),
          }
        : { cartId, productIds: [] };
    const released = await scripts.release({ saleId, orderId, ...keys, ...(frees ? { frees } : {}) });
    if (released.status !== 'changed') return released.status === 'released' ? released : { status: released.status };
  }
  throw new UnsettledError(`release of ${orderId}`);
}

/** Make a PAID order's tokens sold, wherever they are. Safe to repeat. */
export async function commit(scripts: InventoryScripts, saleId: string, order: LiveOrder): Promise<Committed> {
  let others: string[] = [];
  let paid = order;
  for (let attempt = 0; attempt < LIMITS.scriptAttempts; attempt++) {
    const outcome = await scripts.commit(saleId, paid, others);
    switch (outcome.status) {
      case 'again':
        others = [...new Set([...others, ...outcome.orderIds])];
        break;
      case 'changed':
        paid = await withHeldProducts(scripts, saleId, order);
        break;
      case 'saleNotReady':
        return { status: 'saleNotReady' };
      default:
        return outcome;
    }
  }
  throw new UnsettledError(`commit of ${order.orderId}`);
}

/** The order, naming every product that its hold names: what the hold has beyond the order goes back to the stock. */
async function withHeldProducts(scripts: InventoryScripts, saleId: string, order: LiveOrder): Promise<LiveOrder> {
  const look = await scripts.readHold(saleId, order.orderId);
  if (look.status !== 'held') return order;
  const tokens = Object.fromEntries(Object.keys(look.hold.tokens).map((productId) => [productId, [] as string[]]));
  return { ...order, tokens: { ...tokens, ...order.tokens } };
}

/**
 * Push a product's new tokens until Redis has all that MongoDB has minted. Safe to repeat.
 * @param minted units in MongoDB
 */
export async function mint(
  scripts: InventoryScripts,
  saleId: string,
  productId: string,
  minted: number,
): Promise<{ status: 'minted' | 'saleNotReady' }> {
  const calls = Math.ceil(minted / LIMITS.tokensPerMintScript) + 1;
  for (let call = 0; call < calls; call++) {
    const outcome = await scripts.mint(saleId, productId, minted);
    if (outcome.status === 'saleNotReady') return { status: 'saleNotReady' };
    if (outcome.watermark >= minted) return { status: 'minted' };
  }
  throw new UnsettledError(`mint of ${productId}`);
}

/** Every sold or held token of a product with its order, page by page. One that moves meanwhile may come twice or not. */
export async function* ownersOfAll(
  scripts: Pick<InventoryScripts, 'ownersPage'>,
  saleId: string,
  productId: string,
  record: 'sold' | 'held',
): AsyncGenerator<[token: string, orderId: string][]> {
  let cursor = '0';
  do {
    const page = await scripts.ownersPage(saleId, productId, record, cursor);
    if (page.owners.length > 0) yield page.owners;
    cursor = page.cursor;
  } while (cursor !== '0');
}
