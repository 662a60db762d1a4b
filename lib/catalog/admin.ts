import { randomBytes } from 'node:crypto';
import { type Catalog, EVERYDAY, type Product, type Sale, settingsOf } from '#lib/catalog/catalog.ts';
import { type InventoryScripts, mint } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models } from '#lib/mongo/models.ts';

/** What the merchant's verbs work through. `rebuild` is what repairs a sale too: creating one is nothing else. */
export interface Merchant {
  models: Models;
  catalog: Catalog;
  inventory: InventoryScripts;
  rebuild(saleId: string): Promise<unknown>;
}

export interface SaleDraft {
  saleId?: string | undefined;
  name: string;
  description?: string | undefined;
  currency: string;
  opensAt: Date | null;
  closesAt: Date | null;
  holdSeconds: number;
  extendSeconds: number;
  paused: boolean;
  /** 1900 = 19 %; none without it. */
  taxBasisPoints?: number | undefined;
  /** Orders need an address; not without it. */
  ships?: boolean | undefined;
  accountsOnly?: boolean | undefined;
  holdsBeforeWait?: number | undefined;
}

export interface ProductDraft {
  productId?: string | undefined;
  name: string;
  description?: string | undefined;
  art?: string | undefined;
  price: number;
  saleId?: string | undefined;
  limitPerCustomer?: number | null | undefined;
}

const newId = () => randomBytes(10).toString('hex');

/** Insert a sale, then write it into Redis. @returns `exists` when the id is taken, `tooMany` when the shop has as many as it may */
export async function createSale(
  merchant: Merchant,
  draft: SaleDraft,
): Promise<{ status: 'created' | 'exists'; saleId: string } | { status: 'tooMany' }> {
  await merchant.catalog.sales();
  if (merchant.catalog.isFull('sales')) return { status: 'tooMany' };
  const { saleId = newId(), taxBasisPoints = 0, ships = false, ...fields } = draft;
  const { upsertedCount } = await merchant.models.sales.updateOne(
    { _id: saleId },
    {
      $setOnInsert: {
        ...fields,
        taxBasisPoints,
        ships,
        description: fields.description ?? '',
        accountsOnly: fields.accountsOnly ?? false,
        holdsBeforeWait: fields.holdsBeforeWait ?? LIMITS.holdsBeforeWait,
        epoch: 0,
        createdAt: new Date(),
      },
      $currentDate: { updatedAt: true },
    },
    { upsert: true },
  );
  if (upsertedCount === 0) return { status: 'exists', saleId };
  await merchant.rebuild(saleId);
  await merchant.catalog.reload();
  return { status: 'created', saleId };
}

/** Change a sale's settings in MongoDB, then in Redis. @returns the sale, or undefined when there is none */
export async function changeSale(
  merchant: Merchant,
  saleId: string,
  changes: Partial<Omit<SaleDraft, 'saleId'>>,
): Promise<Sale | undefined> {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const { matchedCount } = await merchant.models.sales.updateOne(
    { _id: saleId },
    { $set: given, $currentDate: { updatedAt: true } },
  );
  if (matchedCount === 0) return undefined;
  await configureSale(merchant, saleId);
  return merchant.catalog.sale(saleId);
}

/** Make Redis's copy of a sale's settings MongoDB's; a sale that is not ready is rebuilt. */
export async function configureSale({ models, catalog, inventory, rebuild }: Merchant, saleId: string): Promise<void> {
  await catalog.reload();
  const sale = await models.sales.findById(saleId).lean<Sale>();
  if (!sale) return;
  const outcome = await inventory.configure(saleId, settingsOf(sale, await catalog.productsOf(saleId)));
  if (outcome.status === 'saleNotReady') await rebuild(saleId);
}

/** Insert a product into a sale. It has no units until some are minted. */
export async function createProduct(
  merchant: Merchant,
  draft: ProductDraft,
): Promise<{ status: 'created' | 'exists'; productId: string } | { status: 'noSale' } | { status: 'tooMany' }> {
  const {
    productId = newId(),
    saleId = EVERYDAY,
    name,
    description = '',
    art = 'default',
    price,
    limitPerCustomer = null,
  } = draft;
  if (!(await merchant.catalog.sale(saleId))) return { status: 'noSale' };
  const full = (await merchant.catalog.productsOf(saleId)).length >= LIMITS.productsPerSale;
  if (full || merchant.catalog.isFull('products')) return { status: 'tooMany' };
  const { upsertedCount } = await merchant.models.products.updateOne(
    { _id: productId },
    {
      $setOnInsert: {
        sale: saleId,
        name,
        description,
        art,
        price,
        limitPerCustomer,
        minted: 0,
        mints: [],
        createdAt: new Date(),
      },
      $currentDate: { updatedAt: true },
    },
    { upsert: true },
  );
  if (upsertedCount === 0) return { status: 'exists', productId };
  await configureSale(merchant, saleId);
  return { status: 'created', productId };
}

export type Minted =
  | { status: 'minted'; tokens: number; first: number; last: number }
  | { status: 'noProduct' }
  | { status: 'keyReused' }
  | { status: 'stockLimit'; minted: number };

/**
 * Add units to a product: MongoDB first, then Redis up to it. A mint under a known key is not repeated.
 * @param key explicit idempotency key, or empty
 */
export async function addStock(merchant: Merchant, productId: string, quantity: number, key: string): Promise<Minted> {
  const { models, catalog, inventory, rebuild } = merchant;
  const mints = key
    ? {
        mints: {
          $slice: [
            {
              $concatArrays: [
                '$mints',
                [{ key, first: { $add: ['$minted', 1] }, last: { $add: ['$minted', quantity] } }],
              ],
            },
            -LIMITS.mintKeysPerProduct,
          ],
        },
      }
    : {};
  const grown = await models.products
    .findOneAndUpdate(
      {
        _id: productId,
        minted: { $lte: LIMITS.tokensPerProduct - quantity },
        ...(key ? { 'mints.key': { $ne: key } } : {}),
      },
      [{ $set: { ...mints, minted: { $add: ['$minted', quantity] }, updatedAt: '$$NOW' } }],
      { returnDocument: 'after', updatePipeline: true },
    )
    .lean<Product>();
  const product =
    grown ??
    (await models.products
      .findById(productId)
      .lean<Product & { mints: { key: string; first: number; last: number }[] }>());
  if (!product) return { status: 'noProduct' };
  const earlier =
    grown || !key
      ? undefined
      : (product as { mints?: { key: string; first: number; last: number }[] }).mints?.find(
          (known) => known.key === key,
        );
  if (!grown && !earlier) return { status: 'stockLimit', minted: product.minted };
  if (earlier && earlier.last - earlier.first + 1 !== quantity) return { status: 'keyReused' };
  const pushed = await mint(inventory, product.sale, productId, product.minted);
  if (pushed.status === 'saleNotReady') await rebuild(product.sale);
  await catalog.reload();
  const { first, last } = earlier ?? { first: product.minted - quantity + 1, last: product.minted };
  return { status: 'minted', tokens: quantity, first, last };
}

/** Make sure that the sale of products without one exists; its hold follows the environment. */
export async function ensureEveryday(
  models: Models,
  settings: { holdSeconds: number; extendSeconds: number },
): Promise<void> {
  await models.sales.updateOne(
    { _id: EVERYDAY },
    {
      $set: settings,
      $setOnInsert: {
        name: 'Everyday',
        description: '',
        currency: 'EUR',
        opensAt: null,
        closesAt: null,
        paused: false,
        epoch: 0,
        createdAt: new Date(),
      },
      $currentDate: { updatedAt: true },
    },
    { upsert: true },
  );
}
