import type { Catalog, Product, Sale } from '#lib/catalog/catalog.ts';
import type { OneSaleAnswer, ProductAnswer, SaleAnswer, SaleState } from '#lib/contract.ts';
import type { InventoryScripts, SaleCounts } from '#lib/inventory/index.ts';
import { LIMITS } from '#lib/limits.ts';

/** A sale as a shopper sees it now, with Redis's time of the look in ms. */
export interface LiveSale {
  answer: SaleAnswer;
  nowMs: number;
}

/** Looks at sales in Redis. Looks of one turn of the event loop share one script call per sale, sent after all of them. */
export class LiveSales {
  readonly #catalog: Catalog;
  readonly #inventory: InventoryScripts;
  readonly #waiting = new Map<string, Promise<LiveSale>>();

  constructor(catalog: Catalog, inventory: InventoryScripts) {
    this.#catalog = catalog;
    this.#inventory = inventory;
  }

  look(sale: Sale): Promise<LiveSale> {
    let look = this.#waiting.get(sale._id);
    if (!look) {
      look = new Promise((resolve) => setImmediate(resolve)).then(() => {
        this.#waiting.delete(sale._id);
        return this.#look(sale);
      });
      this.#waiting.set(sale._id, look);
    }
    return look;
  }

  async #look(sale: Sale): Promise<LiveSale> {
    const products = await this.#catalog.productsOf(sale._id);
    const counts = await this.#inventory.counts(
      sale._id,
      products.map(({ _id }) => _id),
    );
    return { answer: toSaleAnswer(sale, products, counts), nowMs: counts.nowMs };
  }
}

/** What a shopper can do with a sale, by Redis's clock and settings. */
function stateOf(counts: SaleCounts): SaleState {
  if (counts.status === 'saleNotReady') return 'restoring';
  if (counts.nowMs < counts.opensAtMs) return 'upcoming';
  if (counts.closesAtMs > 0 && counts.nowMs >= counts.closesAtMs) return 'closed';
  return counts.paused ? 'paused' : 'open';
}

function toSaleAnswer(sale: Sale, products: Product[], counts: SaleCounts): SaleAnswer {
  return {
    saleId: sale._id,
    name: sale.name,
    description: sale.description,
    currency: sale.currency,
    taxBasisPoints: sale.taxBasisPoints,
    ships: sale.ships,
    opensAt: sale.opensAt?.toISOString() ?? null,
    closesAt: sale.closesAt?.toISOString() ?? null,
    holdSeconds: sale.holdSeconds,
    extendSeconds: sale.extendSeconds,
    accountsOnly: sale.accountsOnly ?? false,
    holdsBeforeWait: sale.holdsBeforeWait ?? LIMITS.holdsBeforeWait,
    state: stateOf(counts),
    products: products.map((product) => toProductAnswer(product, sale.currency, counts)),
  };
}

function toProductAnswer(product: Product, currency: string, counts: SaleCounts): ProductAnswer {
  const units = counts.status === 'counts' ? counts.products[product._id] : undefined;
  return {
    productId: product._id,
    saleId: product.sale,
    name: product.name,
    description: product.description,
    art: product.art,
    price: product.price,
    currency,
    limitPerCustomer: product.limitPerCustomer,
    available: units?.available ?? null,
    held: units?.held ?? null,
    sold: units?.sold ?? null,
    minted: units?.minted ?? product.minted,
  };
}

/** @returns the answer of GET /api/sales/:id */
export function toOneSaleAnswer({ answer, nowMs }: LiveSale): OneSaleAnswer {
  return { ...answer, serverTime: new Date(nowMs).toISOString() };
}
