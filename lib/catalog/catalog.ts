import type { SaleSettings } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';
import type { Models, ProductRecord, SaleRecord } from '#lib/mongo/models.ts';

export type Sale = SaleRecord;
export type Product = Omit<ProductRecord, 'mints'>;

/** The sale of products that were made without one: always open, never closed. */
export const EVERYDAY = 'everyday';

/** What sales written before these fields existed have. */
const SALE_DEFAULTS = { taxBasisPoints: 0, ships: false };

/** How far back each look overlaps the one before: writes of one instant may become visible in another order. */
const OVERLAP_MS = 5_000;

/**
 * Sales and products as this process knows them: everything once, then what changed since, at most once per LIMITS.catalogMs
 * however many ask. While MongoDB cannot be asked it goes on with what it has, for LIMITS.catalogStaleMs.
 */
export class Catalog {
  readonly #models: Models;
  readonly #sales = new Map<string, Sale>();
  readonly #products = new Map<string, Product>();
  /** sale → its products, which never leave it */
  readonly #productsOf = new Map<string, Map<string, Product>>();
  #changedAt = new Date(0);
  #freshUntil = 0;
  #usableUntil = 0;
  #loading: Promise<void> | undefined;

  constructor(models: Models) {
    this.#models = models;
  }

  /** Every sale, newest first. */
  async sales(): Promise<Sale[]> {
    await this.#refresh();
    return [...this.#sales.values()].sort(
      (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || a._id.localeCompare(b._id),
    );
  }

  /** A sale by id, or undefined. One that is not known yet is looked for in MongoDB. */
  async sale(saleId: string): Promise<Sale | undefined> {
    await this.#refresh();
    if (!this.#sales.has(saleId)) await this.reload();
    return this.#sales.get(saleId);
  }

  /** Products by id, in the order asked; undefined where there is none. */
  async products(productIds: string[]): Promise<(Product | undefined)[]> {
    await this.#refresh();
    if (productIds.some((id) => !this.#products.has(id))) await this.reload();
    return productIds.map((id) => this.#products.get(id));
  }

  /** A sale's products, oldest first. */
  async productsOf(saleId: string): Promise<Product[]> {
    await this.#refresh();
    return [...(this.#productsOf.get(saleId)?.values() ?? [])].sort(
      (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a._id.localeCompare(b._id),
    );
  }

  /** Whether there are as many sales, or products of all sales, as a shop may have. */
  isFull(of: 'sales' | 'products'): boolean {
    return of === 'sales' ? this.#sales.size >= LIMITS.sales : this.#products.size >= LIMITS.products;
  }

  /** Read what changed, now. Calls at the same time share one look that begins after the last of them. */
  async reload(): Promise<void> {
    await this.#loading?.catch(() => {}); // it may have begun before what the caller wants to see
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #refresh(): Promise<void> {
    if (performance.now() < this.#freshUntil) return;
    const reloaded = this.#loading ?? this.reload();
    if (performance.now() >= this.#usableUntil) return reloaded;
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      late = setTimeout(resolve, LIMITS.catalogWaitMs);
    });
    await Promise.race([reloaded, patience]).catch(() => {});
    clearTimeout(late);
    const now = performance.now();
    if (now >= this.#freshUntil) this.#freshUntil = now + LIMITS.catalogMs; // what is known will do for as long
  }

  async #load(): Promise<void> {
    const since = { updatedAt: { $gte: new Date(this.#changedAt.getTime() - OVERLAP_MS) } };
    const [sales, products] = await Promise.all([
      // Oldest change first: were there more than one look takes, the next one goes on behind them.
      this.#models.sales.find(since).sort({ updatedAt: 1 }).limit(LIMITS.sales).lean<Sale[]>(),
      this.#models.products.find(since, { mints: 0 }).sort({ updatedAt: 1 }).limit(LIMITS.products).lean<Product[]>(),
    ]);
    for (const sale of sales) this.#sales.set(sale._id, { ...SALE_DEFAULTS, ...sale });
    for (const product of products) {
      this.#products.set(product._id, product);
      const ofSale = this.#productsOf.get(product.sale) ?? new Map<string, Product>();
      this.#productsOf.set(product.sale, ofSale.set(product._id, product));
    }
    for (const { updatedAt } of [...sales, ...products]) if (updatedAt > this.#changedAt) this.#changedAt = updatedAt;
    this.#freshUntil = performance.now() + LIMITS.catalogMs;
    this.#usableUntil = performance.now() + LIMITS.catalogStaleMs;
  }
}

/**
 * Sales in the order in which shoppers want them: those past their opening as they are given, coming ones soonest first, and
 * last those that are over. One sale changes its place at most twice in its life, so pages of such a list stay where they are.
 */
export function salesByTurn(sales: Sale[], nowMs: number): { opened: Sale[]; coming: Sale[]; over: Sale[] } {
  const opensMs = ({ opensAt }: Sale) => opensAt?.getTime() ?? 0;
  const isOver = ({ closesAt }: Sale) => closesAt !== null && closesAt.getTime() <= nowMs;
  const current = sales.filter((sale) => !isOver(sale));
  return {
    opened: current.filter((sale) => opensMs(sale) <= nowMs),
    coming: current.filter((sale) => opensMs(sale) > nowMs).sort((a, b) => opensMs(a) - opensMs(b)),
    over: sales.filter(isOver),
  };
}

/** @returns the sale's settings as Redis keeps them: times in ms, 0 for none */
export function settingsOf(sale: Sale, products: Pick<Product, '_id' | 'limitPerCustomer'>[]): SaleSettings {
  return {
    opensAtMs: sale.opensAt?.getTime() ?? 0,
    closesAtMs: sale.closesAt?.getTime() ?? 0,
    holdMs: sale.holdSeconds * 1_000,
    extendMs: sale.extendSeconds * 1_000,
    paused: sale.paused,
    holdsBeforeWait: sale.holdsBeforeWait ?? LIMITS.holdsBeforeWait,
    limits: Object.fromEntries(products.map(({ _id, limitPerCustomer }) => [_id, limitPerCustomer ?? 0])),
  };
}
