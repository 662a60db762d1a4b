import { randomBytes, randomUUID } from 'node:crypto';
import { addStock, createProduct, createSale } from '#lib/catalog/index.ts';
import type { SaleSettings } from '#lib/inventory/index.ts';
import type { HoldfastProcess } from '#lib/process.ts';

let made: HoldfastProcess | undefined;
let booted: Promise<void> | undefined;

/** This test process's own shop, over a database of its own on the shared MongoDB. */
export async function world(): Promise<HoldfastProcess> {
  if (!made) {
    const uri = new URL(process.env.MONGODB_URI!);
    uri.pathname = `/test-${randomBytes(6).toString('hex')}`;
    process.env.MONGODB_URI = uri.href;
    const { holdfast } = await import('#lib/process.ts');
    made = holdfast();
    booted = made.boot();
  }
  await booted;
  return made;
}

export async function closeWorld(): Promise<void> {
  if (!made) return;
  await made.mongo.dropDatabase();
  await made.close();
  made = undefined;
}

export interface FreshSale {
  saleId: string;
  productIds: string[];
}

/** A random sale that is open, with products of `units` units each. */
export async function freshSale(
  shop: HoldfastProcess,
  options: {
    units?: number[];
    holdSeconds?: number;
    extendSeconds?: number;
    limit?: number;
    opensAt?: Date;
    closesAt?: Date;
    price?: number;
    currency?: string;
    ships?: boolean;
    holdsBeforeWait?: number;
  } = {},
): Promise<FreshSale> {
  const {
    units = [10],
    holdSeconds = 60,
    extendSeconds = 60,
    limit = null,
    opensAt = null,
    closesAt = null,
    price = 1_000,
    currency = 'EUR',
    ships = false,
    holdsBeforeWait = 0, // most tests' customers do not pay
  } = options;
  const created = await createSale(shop, {
    name: 'A sale',
    currency,
    ships,
    opensAt,
    closesAt,
    holdSeconds,
    extendSeconds,
    paused: false,
    holdsBeforeWait,
  });
  if (created.status !== 'created') throw new Error(created.status);
  const { saleId } = created;
  const productIds: string[] = [];
  for (const [i, quantity] of units.entries()) {
    const product = await createProduct(shop, { name: `Product ${i}`, price, saleId, limitPerCustomer: limit });
    if (product.status !== 'created') throw new Error(product.status);
    if (quantity > 0) await addStock(shop, product.productId, quantity, '');
    productIds.push(product.productId);
  }
  return { saleId, productIds };
}

/** What Redis keeps of a sale that is open, with everything that a test does not care about filled in. */
export const saleSettings = (settings: Partial<SaleSettings> = {}): SaleSettings => ({
  opensAtMs: 0,
  closesAtMs: 0,
  holdMs: 1,
  extendMs: 1,
  paused: false,
  holdsBeforeWait: 0,
  limits: {},
  ...settings,
});

/** A request to reserve, with everything that a test does not care about filled in. */
export function reserveRequest(
  { saleId, productIds }: FreshSale,
  options: {
    orderId?: string;
    customer?: string;
    cartId?: string;
    key?: string;
    quantities?: number[];
    print?: string;
  } = {},
) {
  const {
    orderId = randomUUID(),
    customer = `guest-${randomUUID()}`,
    cartId = '',
    key = '',
    quantities = [1],
    print,
  } = options;
  const lines = quantities.map((quantity, i) => ({ productId: productIds[i]!, quantity }));
  const itemsFingerprint =
    print ??
    lines
      .map(({ productId, quantity }) => `${productId}:${quantity}`)
      .join(',')
      .slice(0, 60);
  return { saleId, orderId, customer, cartId, key, requestFingerprint: itemsFingerprint, itemsFingerprint, lines };
}

/** The same as a checkout of the orders' domain. */
export function checkoutRequest(
  sale: FreshSale,
  options: Parameters<typeof reserveRequest>[1] & { price?: number } = {},
) {
  const { lines, orderId: _, ...request } = reserveRequest(sale, options);
  return {
    ...request,
    currency: 'EUR',
    taxBasisPoints: 0,
    lines: lines.map((line) => ({ ...line, name: 'Product', price: options.price ?? 1_000 })),
  };
}
