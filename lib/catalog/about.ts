import { type Catalog, type Sale, salesByTurn } from '#lib/catalog/catalog.ts';

/** What a sale is, and never how it stands: a page may show this some seconds late. No price, no count, no state. */
export interface SaleAbout {
  saleId: string;
  name: string;
  description: string;
  /** ISO 8601; null where it was open from the start. */
  opensAt: string | null;
  products: ProductAbout[];
}

export interface ProductAbout {
  productId: string;
  name: string;
  description: string;
  art: string;
}

/** What the home page may show before it knows more: which sales are past their opening and which are not. */
export interface HomeAbout {
  opened: SaleAbout[];
  coming: SaleAbout[];
}

/** @returns undefined where there is no such sale */
export async function aboutSale(catalog: Catalog, saleId: string): Promise<SaleAbout | undefined> {
  const sale = await catalog.sale(saleId);
  return sale && about(catalog, sale);
}

/** Sales that are not over and have products, in the home page's order: opened ones newest first, coming ones soonest first; at most `most` of each. */
export async function aboutCurrentSales(catalog: Catalog, most: number): Promise<HomeAbout> {
  const { opened, coming } = salesByTurn(await catalog.sales(), Date.now());
  const firstWithProducts = async (sales: Sale[]) => {
    const found: SaleAbout[] = [];
    for (const sale of sales) {
      if (found.length >= most) break;
      const one = await about(catalog, sale);
      if (one.products.length > 0) found.push(one);
    }
    return found;
  };
  return { opened: await firstWithProducts(opened), coming: await firstWithProducts(coming) };
}

async function about(catalog: Catalog, { _id, name, description, opensAt }: Sale): Promise<SaleAbout> {
  const products = await catalog.productsOf(_id);
  return {
    saleId: _id,
    name,
    description,
    opensAt: opensAt?.toISOString() ?? null,
    products: products.map((product) => ({
      productId: product._id,
      name: product.name,
      description: product.description,
      art: product.art,
    })),
  };
}
